import { databaseFile } from '@mosaicstack/telemetry-server'

import type { Cell } from './cells.ts'
import { copyOfStore, filledStore } from './prefill.ts'
import { runLoad, type MeasuredLoad } from './run-load.ts'
import { openSqliteDatabase } from './server-internals.ts'
import { startTarget, type TargetName } from './target.ts'

/** Few connections take longer to send the requests after which a server's code is compiled. */
const WARM_UP_CONNECTION_SECONDS = 12

export interface Timing {
  readonly warmUpSeconds: number
  readonly seconds: number
  /** Sent whether or not others are answered; without it as fast as answers come. */
  readonly requestsPerSecond?: number
}

/** Measures one target in one cell: a new process on a copy of a filled store, which must hold every answered event. */
export async function measureOnce(target: TargetName, cell: Cell, timing: Timing): Promise<MeasuredLoad> {
  const { perBatch, connections, storedEvents, ids } = cell
  const copy = copyOfStore(await filledStore(storedEvents, ids))
  try {
    const server = await startTarget(target, copy.dataDir)
    const warmUpSeconds = Math.max(timing.warmUpSeconds, WARM_UP_CONNECTION_SECONDS / connections)
    const measured = await runLoad(server, { perBatch, connections, ids, ...timing, warmUpSeconds })
    await server.stop()
    if (target !== 'instant') {
      const expected = storedEvents + measured.answeredInAll * perBatch
      const stored = await newestPosition(copy.dataDir)
      if (stored !== expected) throw new Error(`${target} holds ${stored} events, but answered ${expected}`)
    }
    return measured
  } finally {
    copy.remove()
  }
}

/** As nothing is ever deleted here, the number of events. */
async function newestPosition(dataDir: string): Promise<number> {
  const database = await openSqliteDatabase(databaseFile(dataDir))
  const row = database.prepare('SELECT max(position) AS position FROM events').get()
  database.close()
  return Number(row?.['position'])
}
