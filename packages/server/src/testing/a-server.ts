import { randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'

import { newApiKey } from '../auth/secrets.ts'
import { type GivenSettings, resolveConfig } from '../config/resolve-config.ts'
import { databaseFile } from '../local-files.ts'
import { startServer, type Surroundings } from '../server.ts'
import { createInstance } from '../storage/sqlite/instances.ts'
import { createKey } from '../storage/sqlite/keys.ts'
import { migrate } from '../storage/sqlite/migrate.ts'
import { openDatabase } from '../storage/sqlite/open-database.ts'
import { instance, NOW_MS } from './an-observation.ts'
import { aTempDir } from './temp-dir.ts'

export const ADMIN_TOKEN = 'admin-token-of-the-tests'

export type Headers = Readonly<Record<string, string>>

/** What the server has answered, its body parsed where it is JSON. */
export interface Answer {
  readonly status: number
  readonly headers: globalThis.Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it expects to be there
  readonly body: any
}

/** A server in this process with a directory, a clock and an instance of its own, asked over real HTTP. */
export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly dataDir: string
  /** The key of `instance(0)`. Requests carry it unless they bring an `authorization` of their own. */
  readonly apiKey: string
  readonly keyId: string
  /** Stands still until a test moves it. */
  readonly clock: { nowMs: number }
  get(path: string, headers?: Headers): Promise<Answer>
  delete(path: string, headers?: Headers): Promise<Answer>
  /** Sends bytes and text as they are, anything else as JSON. */
  post(path: string, body: unknown, headers?: Headers): Promise<Answer>
  /** The value of one metric, `NaN` where there is none. */
  metric(nameAndLabels: string): Promise<number>
}

export const asAdmin: Headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
export const withoutKey: Headers = { authorization: '' }

export async function aServer(
  settings: GivenSettings = {},
  surroundings: Pick<Surroundings, 'listPrice' | 'dashboardDirectory'> = {},
): Promise<TestServer> {
  const directory = aTempDir()
  const dataDir = directory.path
  const clock = { nowMs: NOW_MS }
  const nowMs = () => clock.nowMs
  const { keyId, apiKey } = await createDatabase(databaseFile(dataDir))
  const given = { port: 0, logLevel: 'silent', adminToken: ADMIN_TOKEN, ...settings, dataDir }
  const server = await startServer(resolveConfig(given, {}), { nowMs, ...surroundings })

  const call = async (method: string, path: string, headers: Headers, body?: unknown): Promise<Answer> => {
    const isReady = typeof body === 'string' || body instanceof Uint8Array || body === undefined
    const response = await fetch(`${server.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: (isReady ? body : JSON.stringify(body)) as string }),
    })
    return { status: response.status, headers: response.headers, body: parsed(await response.text()) }
  }
  return {
    url: server.url,
    dataDir,
    apiKey,
    keyId,
    clock,
    get: (path, headers = {}) => call('GET', path, headers),
    delete: (path, headers = {}) => call('DELETE', path, headers),
    post: (path, body, headers = {}) => call('POST', path, headers, body),
    async metric(nameAndLabels) {
      const { body } = await call('GET', '/metrics', { accept: 'text/plain' })
      const line = String(body)
        .split('\n')
        .find((each) => each.startsWith(`${nameAndLabels} `))
      return Number(line?.slice(nameAndLabels.length))
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      directory[Symbol.dispose]()
    },
  }
}

/** A request with headers that `fetch` does not let a program choose. */
export function getWithHeaders(url: string, headers: Headers): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
      .on('error', reject)
      .end()
  })
}

/** A database with `instance(0)` and a key. Written without the store's threads, which take longer to start. */
async function createDatabase(file: string): Promise<{ readonly keyId: string; readonly apiKey: string }> {
  const database = await openDatabase(file)
  migrate(database)
  const owner = createInstance(database, { instanceId: instance(0), name: 'tests', createdAtMs: NOW_MS })
  const { apiKey, sha256, prefix } = newApiKey()
  const { keyId } = createKey(database, {
    keyId: randomUUID(),
    instanceNo: owner?.instanceNo ?? 0,
    sha256,
    prefix,
    label: null,
    createdAtMs: NOW_MS,
    expiresAtMs: null,
  })
  database.close()
  return { keyId, apiKey }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
