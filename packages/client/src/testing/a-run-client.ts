import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { RunClient } from '../runs/run-client.ts'
import type { RunClientConfig } from '../runs/run-config.ts'

export interface ObservedRunClient extends AsyncDisposable {
  readonly client: RunClient
  /** What the logger was given: `warn: …`. */
  readonly said: string[]
  readonly directory: string
  /** Every line of the NDJSON files, parsed. */
  journal(): Record<string, unknown>[]
}

/** A run client with a directory of its own; nobody listens at its address unless one is given. */
export function aRunClient(config: RunClientConfig = {}): ObservedRunClient {
  const said: string[] = []
  const directory = mkdtempSync(join(tmpdir(), 'run-client-'))
  const client = new RunClient({
    serverUrl: 'http://127.0.0.1:9',
    bufferDir: join(directory, 'buffer'),
    ndjsonDir: join(directory, 'raw'),
    logger: {
      warn: (message) => said.push(`warn: ${message}`),
      error: (message) => said.push(`error: ${message}`),
    },
    ...config,
  })
  return {
    client,
    said,
    directory,
    journal: () => readJournal(join(directory, 'raw')),
    async [Symbol.asyncDispose]() {
      await client.close({ timeoutMs: 20 })
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export function readJournal(directory: string): Record<string, unknown>[] {
  const lines = readdirSync(directory)
    .sort()
    .flatMap((file) => readFileSync(join(directory, file), 'utf8').split('\n').slice(0, -1))
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}
