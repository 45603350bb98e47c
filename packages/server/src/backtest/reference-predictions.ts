import type { PredictionQuery } from '@mosaicstack/telemetry-client/protocol'
import type { Observation } from '../predictions/observation.ts'

/**
 * The definitions of the prediction fields, written down a second time as slowly and literally as possible, from raw
 * events. Shares no code with what it checks. Values are left unrounded.
 */
export interface ReferenceAnswer {
  readonly level: number
  readonly kept: readonly string[]
  readonly sampleSize: number
  readonly instances: number
  readonly maxShare: number
  readonly effectiveSize: number
  readonly newestMs: number
  readonly input: readonly number[]
  readonly output: readonly number[]
  readonly cost: number
  readonly duration: number
  readonly inputFactor: number
  readonly outputFactor: number
  readonly gatePassRate: number
  readonly successRate: number
}

interface Weighted {
  readonly value: number
  readonly weight: number
}

const chain = [
  ['taskType', 'model', 'provider', 'complexity'],
  ['taskType', 'model', 'provider'],
  ['taskType', 'model'],
  ['model'],
  ['taskType'],
  [],
] as const

/** Answers from events whose models are canonical already; `undefined` where nothing may be said. */
export function referenceAnswer(
  events: readonly Observation[],
  query: PredictionQuery,
  settings: { nowMs: number; windowMs: number; minInstances: 'auto' | number },
): ReferenceAnswer | undefined {
  const counted = events.filter(
    (e) =>
      e.receivedAtMs > settings.nowMs - settings.windowMs &&
      e.receivedAtMs <= settings.nowMs &&
      e.inputTokens + e.outputTokens > 0,
  )
  const wanted = {
    taskType: query.task_type as string,
    model: query.model,
    provider: query.provider as string,
    complexity: query.complexity as string,
  }
  const k =
    settings.minInstances === 'auto'
      ? Math.max(1, Math.min(5, Math.floor(distinct(counted).length / 4)))
      : settings.minInstances
  const levels = chain
    .map((kept) => ({ kept, events: counted.filter((e) => kept.every((name) => e[name] === wanted[name])) }))
    .filter((level) => level.events.length > 0 && distinct(level.events).length >= k)
  const most = Math.max(...levels.map((level) => level.events.length))
  const chosen =
    levels.find((level) => level.events.length >= 5) ?? levels.find((level) => level.events.length === most)
  return chosen === undefined ? undefined : describe(chosen.kept, chosen.events)
}

function describe(kept: readonly string[], events: readonly Observation[]): ReferenceAnswer {
  const weightOf = instanceWeightsByBisection(events)
  const weigh = (value: (e: Observation) => number, subset = events): Weighted[] =>
    subset.map((e) => ({ value: value(e), weight: weightOf(e.instanceId) / countOf(events, e.instanceId) }))
  const tokens = (value: (e: Observation) => number): number[] =>
    [0.1, 0.25, 0.5, 0.75, 0.9].map((p) => percentile(weigh(value), p))
  const instances = distinct(events)
  const listed = events.filter((e) => e.gatesListed)

  return {
    level: 4 - kept.length,
    kept,
    sampleSize: events.length,
    instances: instances.length,
    maxShare: Math.max(...instances.map(weightOf)) / sum(instances.map(weightOf)),
    effectiveSize: kish(weigh(() => 0)),
    newestMs: Math.max(...events.map((e) => e.receivedAtMs)),
    input: tokens((e) => e.inputTokens),
    output: tokens((e) => e.outputTokens),
    cost: percentile(
      weigh((e) => e.costUsdMicros),
      0.5,
    ),
    duration: percentile(
      weigh((e) => e.durationMs),
      0.5,
    ),
    inputFactor: factor(
      weigh(
        (e) => e.inputTokens / e.estimatedInputTokens,
        events.filter((e) => e.estimatedInputTokens >= 1),
      ),
    ),
    outputFactor: factor(
      weigh(
        (e) => e.outputTokens / e.estimatedOutputTokens,
        events.filter((e) => e.estimatedOutputTokens >= 1),
      ),
    ),
    gatePassRate: mean(weigh((e) => (e.gatesPassed ? 1 : 0), listed.length > 0 ? listed : events)),
    successRate: mean(weigh((e) => (e.succeeded ? 1 : 0))),
  }
}

function instanceWeightsByBisection(events: readonly Observation[]): (instanceId: string) => number {
  const claims = new Map(distinct(events).map((id) => [id, Math.min(countOf(events, id), 10)]))
  const all = [...claims.values()]
  const share = Math.max(0.05, Math.min(1, 1.5 / all.length))
  const holds = (c: number): boolean => c <= share * sum(all.map((a) => Math.min(a, c))) + 1e-12
  if (holds(Math.max(...all))) return (id) => claims.get(id) ?? NaN

  let low = 0
  let high = 10
  for (let round = 0; round < 200; round++) {
    const middle = (low + high) / 2
    if (holds(middle)) low = middle
    else high = middle
  }
  return (id) => Math.min(claims.get(id) ?? NaN, low)
}

function percentile(weighted: readonly Weighted[], p: number): number {
  const total = sum(weighted.map((w) => w.weight))
  const size = kish(weighted)
  const h = Math.max(1, Math.min(size, p * (size + 1)))
  let integral = 0
  let u = 0
  for (const { value, weight } of weighted.toSorted((a, b) => a.value - b.value)) {
    const next = u + weight / total
    integral += value * Math.max(0, Math.min(next, h / size) - Math.max(u, (h - 1) / size))
    u = next
  }
  return size * integral
}

function factor(ratios: readonly Weighted[]): number {
  const clamped = ratios.map(({ value, weight }) => ({ value: Math.min(100, Math.max(0.01, value)), weight }))
  return clamped.length === 0 ? 1 : percentile(clamped, 0.5)
}

function kish(weighted: readonly Weighted[]): number {
  return sum(weighted.map((w) => w.weight)) ** 2 / sum(weighted.map((w) => w.weight ** 2))
}

function mean(weighted: readonly Weighted[]): number {
  return sum(weighted.map((w) => w.value * w.weight)) / sum(weighted.map((w) => w.weight))
}

function countOf(events: readonly Observation[], instanceId: string): number {
  return events.filter((e) => e.instanceId === instanceId).length
}

function distinct(events: readonly Observation[]): string[] {
  return [...new Set(events.map((e) => e.instanceId))]
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
