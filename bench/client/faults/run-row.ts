import type { Adapter } from '../adapters/adapter.ts'
import { MockServer } from '../mock-server/mock-server.ts'
import { acceptAll } from '../mock-server/treatment.ts'
import type { FaultRow } from './fault-row.ts'
import { live, type World } from './live.ts'

export interface FaultOutcome {
  readonly row: string
  readonly sdk: string
  readonly tracked: number
  readonly delivered: number
  readonly duplicated: number
  readonly lost: number
  /** Lost when the first process was gone; differs from `lost` only where a second one delivers. */
  readonly lostAtDeath: number
  /** Reports the host got through the SDK's own callback, and the first of them. */
  readonly told: number
  readonly firstTold: string | undefined
  readonly deadLettered: number
  /** Rows in the real server's store; absent without one. Beyond `delivered` they were stored twice. */
  readonly stored?: number
  readonly requests: number
  /** What `stop()` took; undefined where it was not called or never resolved. */
  readonly stopMs: number | undefined
  /** The process had to be killed at its limit. */
  readonly overran: boolean
  /** Why the figures mean nothing: a process that ended before its first event. */
  readonly failure: string | undefined
}

/** One SDK through one row, in processes and with a server of their own. */
export async function runRow(adapter: Adapter, row: FaultRow, world: World): Promise<FaultOutcome> {
  const server = new MockServer(adapter, world.upstream)
  await server.up()
  try {
    if (row.downMs > 0) await server.down()
    server.play(row.script)
    const life = await live(adapter, row, server, world, row.events)
    const deliveredInLife = server.counts.distinct
    const requests = server.requests

    if (row.restarts) {
      if (row.downMs > 0) await server.up()
      server.play(acceptAll)
      const secondLife = { ...row, ending: 'stop', downMs: 0, faultMs: 0, stopsAtOnce: false } as const
      const second = await live(adapter, secondLife, server, world, 0)
      life.failure ??= second.failure
    }

    const expected = row.events - row.poison.size
    return {
      row: row.name,
      sdk: adapter.name,
      tracked: row.events,
      delivered: server.counts.distinct,
      duplicated: server.counts.duplicates,
      lost: expected - server.counts.distinct,
      lostAtDeath: expected - deliveredInLife,
      deadLettered: adapter.deadLettered?.(world.stateDir) ?? 0,
      requests,
      ...life,
    }
  } finally {
    await server.down()
  }
}
