import { performance } from 'node:perf_hooks'

import { openStore, rebuildProjection } from '@mosaicstack/telemetry-server'

import type { Cluster } from './cluster.ts'

/** What the leader does with every event: reading it in order, folding it into prediction units, saving those. */
export interface FoldingCosts {
  readonly foldedPerSecond: number
  readonly foldingMicros: number
  readonly foldingDatabaseMicros: number
}

const DAY_MS = 86_400_000

export async function measureFolding(cluster: Cluster, databaseUrl: string): Promise<FoldingCosts> {
  const store = await openStore({ databaseUrl, dataDir: '' })
  const databaseBeforeMs = cluster.cpuMs()
  const before = process.cpuUsage()
  const startedAtMs = performance.now()
  const { events } = await rebuildProjection(store, { windowMs: 90 * DAY_MS, nowMs: Date.now() })
  const seconds = (performance.now() - startedAtMs) / 1000
  const { user, system } = process.cpuUsage(before)
  const databaseMs = cluster.cpuMs() - databaseBeforeMs
  await store.close()
  return {
    foldedPerSecond: events / seconds,
    foldingMicros: (user + system) / events,
    foldingDatabaseMicros: (databaseMs * 1000) / events,
  }
}
