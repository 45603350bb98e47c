import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { resolveConfig, type GivenSettings } from '../config/resolve-config.ts'
import { startServer } from '../server.ts'
import { START_MS } from './a-run.ts'

/** What an endpoint has answered, its body parsed where it is JSON. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: any // oxlint-disable-line typescript/no-explicit-any -- a test reads what it expects to be there
}

/** A server of its own directory and clock, asked over real HTTP. */
export interface RunServer extends AsyncDisposable {
  readonly url: string
  /** Its clock stands still until a test moves it. */
  readonly clock: { nowMs: number }
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  patch(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
}

export async function aRunServer(settings: GivenSettings = {}): Promise<RunServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'runs-'))
  const clock = { nowMs: START_MS }
  const config = resolveConfig({ port: 0, logLevel: 'silent', ...settings, dataDir }, {})
  const server = await startServer(config, { nowMs: () => clock.nowMs })

  const call = async (method: string, path: string, headers: Record<string, string>, body?: unknown) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: response.status, headers: response.headers, body: parsed(await response.text()) }
  }
  return {
    url: server.url,
    clock,
    get: (path, headers = {}) => call('GET', path, headers),
    post: (path, body, headers = {}) => call('POST', path, headers, body),
    patch: (path, body, headers = {}) => call('PATCH', path, headers, body),
    async [Symbol.asyncDispose]() {
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
