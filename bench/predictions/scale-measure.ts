import type { Observation } from '@mosaicstack/telemetry-server/backtest'

import { type Predictor, type Units } from './scale-internals.ts'

const QUERIES = 20_000
const CELLS = 1000
const ROUNDS = 25
export const BATCH = 100

export type Query = Parameters<Predictor['predict']>[0]

export interface Latency {
  readonly p50Us: number
  readonly p99Us: number
  /** A hundred queries, one after the other. */
  readonly batchMs: number
}

/** Queries for the cells of the first events. */
export class QueryCollector {
  readonly queries: Query[] = []

  add({ taskType, model, provider, complexity }: Observation): void {
    if (this.queries.length === CELLS) return
    this.queries.push({ task_type: taskType, model, provider, complexity } as Query)
  }
}

/** The best of some rounds: other programs share the machine. */
export function timeQueries(predictor: Predictor, queries: readonly Query[]): Latency {
  const rounds = Array.from({ length: ROUNDS }, () => timeRound(predictor, queries))
  const best = (pick: (latency: Latency) => number) => Math.min(...rounds.map(pick))
  return {
    p50Us: best(({ p50Us }) => p50Us),
    p99Us: best(({ p99Us }) => p99Us),
    batchMs: best(({ batchMs }) => batchMs),
  }
}

function timeRound(predictor: Predictor, queries: readonly Query[]): Latency {
  const times = new Float64Array(QUERIES)
  for (let index = 0; index < QUERIES; index++) {
    const startedMs = performance.now()
    predictor.predict(queries[index % queries.length] as Query)
    times[index] = (performance.now() - startedMs) * 1000
  }
  const sorted = times.toSorted()
  const at = (share: number) => sorted[Math.floor(share * QUERIES)] ?? 0
  const meanUs = times.reduce((sum, time) => sum + time, 0) / QUERIES
  return { p50Us: at(0.5), p99Us: at(0.99), batchMs: (meanUs * BATCH) / 1000 }
}

/** Bytes that are in use, in the heap and outside of it. Wants `--expose-gc`. */
export function bytesInUse(): number {
  if (globalThis.gc === undefined) throw new Error('run this with node --expose-gc')
  for (let times = 0; times < 3; times++) globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Forgets that units are unsaved, as checkpoints do every so often. */
export function checkpoint(units: Units): void {
  units.mergeWeeks()
  units.takeDirty()
}
