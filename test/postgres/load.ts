import { setTimeout as sleep } from 'node:timers/promises'

import { expect } from 'vitest'

import type { SharedDatabase } from '../../packages/server/src/testing/a-shared-database.ts'
import { Senders } from '../end-to-end/sender.ts'

const CONNECTIONS = 3

/** Batches that are sent to several servers at once, whatever becomes of them, and an account of them. */
export interface Load {
  readonly sentEvents: number
  readonly acknowledged: () => ReadonlySet<string>
  /** Requests that were answered 503. */
  readonly refusedRequests: () => number
  /** Resolves when so many more events have been acknowledged. */
  more(events: number): Promise<void>
  /** Sends nothing new, and what is unanswered until it is answered. */
  finish(): Promise<void>
}

/** @param urls says where each server is now. */
export function startLoad(database: SharedDatabase, urls: readonly (() => string)[]): Load {
  const all = urls.map((url) => ({ url, senders: new Senders(CONNECTIONS) }))
  const ending = new AbortController()

  const running = all.map(async ({ url, senders }) => {
    while (!ending.signal.aborted || senders.unansweredEvents > 0) {
      await senders.run({ ...database, url: url() }, () => ending.signal.aborted)
      await sleep(20) // after a refusal, or where nobody listens
    }
  })
  const acknowledged = () => new Set(all.flatMap(({ senders }) => [...senders.acknowledged]))
  const count = () => all.reduce((sum, { senders }) => sum + senders.acknowledged.size, 0)
  return {
    get sentEvents() {
      return all.reduce((sum, { senders }) => sum + senders.sent.size, 0)
    },
    acknowledged,
    refusedRequests() {
      const statuses = all.flatMap(({ senders }) => senders.refusals)
      expect(statuses.filter((status) => status !== 503)).toEqual([])
      return statuses.length
    },
    async more(events) {
      const enough = count() + events
      while (count() < enough) await sleep(10)
    },
    async finish() {
      ending.abort()
      await Promise.all(running)
    },
  }
}

/** Nothing that was acknowledged is missing, now, whatever is still under way. */
export async function expectNothingLost(database: SharedDatabase, load: Load): Promise<void> {
  const acknowledged = [...load.acknowledged()]
  const stored = new Set(await database.storedEventIds())
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([])
}

/** What was acknowledged is what is stored, each once; and predictions are what the stored events give. */
export async function expectAllStoredAndCounted(
  database: SharedDatabase,
  acknowledged: ReadonlySet<string>,
): Promise<void> {
  const stored = await database.storedEventIds()
  expect(stored.length).toBe(acknowledged.size)
  expect(new Set(stored)).toEqual(acknowledged)
  await expect
    .poll(() => database.verified(), { timeout: 15_000, interval: 200 })
    .toEqual({ events: stored.length, differences: 0 })
}
