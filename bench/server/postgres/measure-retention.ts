import { setTimeout as sleep } from 'node:timers/promises'

import { openStore } from '@mosaicstack/telemetry-server'

import { runLoad } from '../ingest/run-load.ts'
import { ask } from './cluster.ts'
import { startServers } from './measure-servers.ts'

/** What retention costs beside a load, and what it leaves behind. */
export interface RetentionResult {
  readonly pruned: number
  readonly prunedPerSecond: number
  /** Events stored a second before it began, and while it worked. */
  readonly storedPerSecondBefore: number
  readonly storedPerSecondMeanwhile: number
  readonly deadRowsAtEnd: number
  readonly deadRowsAfterVacuum: number
  readonly eventsMbBefore: number
  readonly eventsMbAtEnd: number
  /** What is kept of a pruned event. */
  readonly keptBytesPerEvent: number
}

const DAY_MS = 86_400_000

/** Deletes the events from outside the window, which is what the database was filled with, while others are stored. */
export async function measureRetention(databaseUrl: string, seconds: number): Promise<RetentionResult> {
  const [server] = await startServers(databaseUrl, 1)
  if (server === undefined) throw new Error('no server')
  const load = { perBatch: 100, connections: 8, ids: 'random', warmUpSeconds: 1 } as const
  const target = { ...server, threadCpuMs: () => ({}) }
  const before = await runLoad(target, { ...load, seconds })
  const sizeBefore = await sizes(databaseUrl)

  const pruning = new AbortController()
  const meanwhile = (async () => {
    const rates: number[] = []
    while (!pruning.signal.aborted)
      rates.push((await runLoad(target, { ...load, seconds: 2 })).eventsPerSecond)
    return rates.reduce((sum, rate) => sum + rate, 0) / rates.length
  })()
  const startedAtMs = performance.now()
  const pruned = await prune(databaseUrl)
  const tookSeconds = (performance.now() - startedAtMs) / 1000
  pruning.abort()
  const storedPerSecondMeanwhile = await meanwhile
  await server.stop()

  const atEnd = await sizes(databaseUrl)
  await ask(databaseUrl, 'VACUUM mosaic_telemetry.events') // what autovacuum does within a minute
  await sleep(1000)
  const afterVacuum = await sizes(databaseUrl)
  return {
    pruned,
    prunedPerSecond: pruned / tookSeconds,
    storedPerSecondBefore: before.eventsPerSecond,
    storedPerSecondMeanwhile,
    deadRowsAtEnd: atEnd.deadRows,
    deadRowsAfterVacuum: afterVacuum.deadRows,
    eventsMbBefore: sizeBefore.eventsMb,
    eventsMbAtEnd: afterVacuum.eventsMb,
    keptBytesPerEvent: (afterVacuum.keptMb * 1024 * 1024) / pruned,
  }
}

async function prune(databaseUrl: string): Promise<number> {
  const store = await openStore({ databaseUrl, dataDir: '' })
  const beforeMs = Date.now() - 100 * DAY_MS
  let pruned = 0
  for (let from: number | undefined, isDone = false; !isDone;) {
    const { deleted, next } = await store.pruneSome({ target: 'events', beforeMs, from })
    pruned += deleted
    from = next
    isDone = next === undefined
  }
  await store.close()
  return pruned
}

async function sizes(databaseUrl: string) {
  await ask(databaseUrl, 'SELECT pg_stat_force_next_flush()')
  const [row] = await ask(
    databaseUrl,
    `SELECT sum(pg_total_relation_size(relid)) / 1048576.0 AS mb, sum(n_dead_tup)::int AS dead,
            pg_total_relation_size('mosaic_telemetry.pruned_events') / 1048576.0 AS kept_mb
       FROM pg_stat_user_tables WHERE relname LIKE 'events\\_%'`,
  )
  return { eventsMb: Number(row?.['mb']), deadRows: Number(row?.['dead']), keptMb: Number(row?.['kept_mb']) }
}
