import { runFields } from '@mosaicstack/telemetry-client/protocol'
import type { Store } from '@mosaicstack/telemetry-server'

import { runRecord } from './a-run-record.ts'

const DAY_MS = 86_400_000
const WRITES_PER_TRANSACTION = 2000

/** Newest run of the store: a year of runs ends here. */
export const END_MS = Date.UTC(2026, 10, 21)
export const DAYS = 365

/** The agent with most runs, one with few, and a status that is rare. */
export const COMMON_AGENT = 'agent-0'
export const RARE_AGENT = 'agent-190'

/**
 * Fills a store with a year of runs: 200 agents of very different size, 20 jobs, 1 run of 50 not successful, a third
 * with one of 1000 parents, and every hundredth recorded up to 30 days after it began.
 */
export async function fillStore(store: Pick<Store, 'writeRuns'>, count: number): Promise<void> {
  for (let first = 0; first < count; first += WRITES_PER_TRANSACTION) {
    const size = Math.min(WRITES_PER_TRANSACTION, count - first)
    const writes = Array.from({ length: size }, (_, index) => writeOf(first + index, count))
    const outcome = await store.writeRuns([writes])
    if (outcome.kind !== 'stored') throw new Error(`the store takes no runs: ${outcome.cause}`)
  }
}

const STATUSES = ['failure', 'partial', 'timeout', 'cancelled', 'running']

function writeOf(number: number, count: number): Parameters<Store['writeRuns']>[0][number][number] {
  const random = randomOf(number)
  const createdAtMs = END_MS - DAYS * DAY_MS + Math.floor((number / count) * DAYS * DAY_MS)
  const startMs = createdAtMs - Math.floor(random() * (number % 100 === 0 ? 30 * DAY_MS : 5000))
  const run = runRecord({
    event_id: `${Math.floor(random() * 1e9).toString(16)}-${number}`,
    run_id: `run-${number}`,
    agent_name: `agent-${Math.floor(200 * random() ** 3)}`,
    job_type: `job-${Math.floor(20 * random() ** 2)}`,
    status: random() < 0.98 ? 'success' : STATUSES[Math.floor(random() * STATUSES.length)],
    parent_run_id: random() < 0.33 ? `run-${Math.floor(random() * 1000)}` : null,
    start_time: new Date(startMs).toISOString(),
    created_at: new Date(createdAtMs).toISOString(),
  })
  return {
    kind: 'create',
    values: Object.entries(runFields).map(([name, { kind }]) => columnOf(kind, run[name])),
    createdAtUs: createdAtMs * 1000,
    startTimeUs: startMs * 1000,
    updatedAtUs: createdAtMs * 1000,
    onRepeat: 'keep',
  }
}

function columnOf(kind: string, value: unknown): string | number | null {
  if (value === null || value === undefined) return null
  if (kind === 'json') return JSON.stringify(value)
  return kind === 'flag' ? Number(value) : (value as string | number)
}

/** The same numbers between 0 and 1 for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
