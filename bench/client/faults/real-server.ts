import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { databaseFile, openSqliteStore, readLocalCredentials } from '@mosaicstack/telemetry-server'
import type { Adapter } from '../adapters/adapter.ts'
import type { FaultRow } from './fault-row.ts'
import { withTempDir } from './run-all.ts'
import { runRow, type FaultOutcome } from './run-row.ts'

const PROGRAM = fileURLToPath(new URL('../../../../packages/cli/dist/main.js', import.meta.url))

/** A row with the real server behind the mock one, which still makes the faults. Rows are counted in its database. */
export async function runRowOnRealServer(
  adapter: Adapter,
  row: FaultRow,
  stateDir: string,
): Promise<FaultOutcome> {
  return await withTempDir(async (dataDir) => {
    const server = await startRealServer(dataDir)
    let outcome: FaultOutcome
    try {
      const { apiKey, instanceId, url } = server
      outcome = await runRow(adapter, row, { stateDir, apiKey, instanceId, upstream: url })
    } finally {
      await server.stop()
    }
    return { ...outcome, stored: await countStored(dataDir) }
  })
}

interface RealServer {
  readonly url: string
  readonly apiKey: string
  readonly instanceId: string
  stop(): Promise<void>
}

async function startRealServer(dataDir: string): Promise<RealServer> {
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const credentials = readLocalCredentials(dataDir)
  if (credentials === undefined) throw new Error('the server made no local instance')

  return {
    url,
    apiKey: credentials.api_key,
    instanceId: credentials.instance_id,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'close')
    },
  }
}

/** Asked of the database after the server is gone, not of the server. */
async function countStored(dataDir: string): Promise<number> {
  const store = await openSqliteStore(databaseFile(dataDir))
  try {
    return await store.countEvents()
  } finally {
    await store.close()
  }
}
