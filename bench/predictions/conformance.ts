import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import {
  type Observation,
  Predictor,
  referenceAnswer,
  SeededRandom,
  Units,
} from '@mosaicstack/telemetry-server/backtest'

import { atMost, inRange, type GoalRow, type Measurement } from './goal.ts'

const SEED = 151
const DAY_MS = 86_400_000
const WINDOW_DAYS = 90
const NOW_MS = Date.UTC(2026, 10, 21, 12)
/** Sets of up to 300 events, which are answered exactly, and sets of up to 3 000, which are answered from sketches. */
const SMALL_SETS = 900
const LARGE_SETS = 100
/** Cases and names that the goal speaks of. Two of its 26 cases are not written down. */
const CASES = 24
const SPELLINGS = 21

const whole = (value: number): string => String(value)
const twoDecimals = (share: number): string => `${(100 * share).toFixed(2)} %`
const decimals = (value: number): string => value.toFixed(5)

/** G1: the fixed fields against their definitions. */
export const conformance: Measurement = {
  goals: ['G1'],
  measure: () => {
    const random = new SeededRandom(SEED)
    const small = compareSets(random, SMALL_SETS, 300)
    const large = compareSets(random, LARGE_SETS, 3000)
    return [
      ...testedCases(),
      atMost(
        'G1',
        `answers that differ at all: ${small.answers} sets of up to 300 events`,
        small.differing,
        0,
        whole,
      ),
      atMost(
        'G1',
        `level, counts or instances that differ: ${large.answers} sets of up to 3 000 events`,
        large.differingCounts,
        0,
        whole,
      ),
      atMost('G1', 'same: percentiles, largest relative error', large.relativeError, 0.004, twoDecimals),
      atMost('G1', 'same: correction factors, largest relative error', large.factorError, 0.004, twoDecimals),
      atMost('G1', 'same: rates, largest error', large.rateError, 0.00005 + 1e-9, decimals),
    ]
  },
}

interface Comparison {
  answers: number
  /** Answers of which any field is not the rounded one of the reference. */
  differing: number
  differingCounts: number
  relativeError: number
  factorError: number
  rateError: number
}

function compareSets(random: SeededRandom, sets: number, maxEvents: number): Comparison {
  const total = {
    answers: 0,
    differing: 0,
    differingCounts: 0,
    relativeError: 0,
    factorError: 0,
    rateError: 0,
  }
  for (let set = 0; set < sets; set++) {
    const events = randomEvents(random, 1 + random.below(maxEvents))
    const minInstances = (['auto', 1, 2, 3] as const)[random.below(4)] ?? 'auto'
    compare(total, events, randomQuery(random), minInstances)
  }
  return total
}

type Query = Parameters<Predictor['predict']>[0]

function compare(
  total: Comparison,
  events: readonly Observation[],
  query: Query,
  minInstances: 'auto' | number,
) {
  const windowMs = WINDOW_DAYS * DAY_MS
  const units = new Units({ windowMs })
  for (const event of events) units.fold(event)
  const { prediction, metadata } = new Predictor(units, { minInstances }, () => NOW_MS).predict(query)
  const expected = referenceAnswer(events, query, { nowMs: NOW_MS, windowMs, minInstances })
  total.answers++
  if (expected === undefined || prediction === null) {
    if (expected !== undefined || prediction !== null) total.differing++
    return
  }

  const hasSameCounts =
    metadata.fallback_level === expected.level &&
    metadata.sample_size === expected.sampleSize &&
    metadata.instances === expected.instances
  if (!hasSameCounts) total.differingCounts++
  const { input_tokens: input, output_tokens: output, correction_factors: factors, quality } = prediction
  const pairs: readonly Pair[] = [
    ...pairsOf([input.p10, input.p25, input.median, input.p75, input.p90], expected.input),
    ...pairsOf([output.p10, output.p25, output.median, output.p75, output.p90], expected.output),
    [prediction.cost_usd_micros.median, expected.cost],
    [prediction.duration_ms.median, expected.duration],
  ]
  const factorPairs = [
    [factors.input, expected.inputFactor],
    [factors.output, expected.outputFactor],
  ] as const
  const ratePairs = [
    [quality.success_rate, expected.successRate],
    [quality.gate_pass_rate, expected.gatePassRate],
  ] as const

  const isSame =
    hasSameCounts &&
    pairs.every(([value, exact]) => isRounded(value, exact, 0)) &&
    [...factorPairs, ...ratePairs].every(([value, exact]) => isRounded(value, exact, 4))
  if (!isSame) total.differing++
  for (const [value, exact] of pairs)
    total.relativeError = Math.max(
      total.relativeError,
      beyondRounding(value, exact, 0.5) / Math.max(1, exact),
    )
  for (const [value, exact] of factorPairs)
    total.factorError = Math.max(total.factorError, beyondRounding(value, exact, 0.00005) / exact)
  for (const [value, exact] of ratePairs) total.rateError = Math.max(total.rateError, Math.abs(value - exact))
}

type Pair = readonly [value: number, exact: number]

function pairsOf(values: readonly number[], exact: readonly number[]): readonly Pair[] {
  return values.map((value, index) => [value, exact[index] ?? Number.NaN])
}

/** Whether a value is the exact one, rounded. On the very edge of two roundings either is right. */
function isRounded(value: number, exact: number, digits: number): boolean {
  const noise = Math.abs(exact) * 1e-10 + 1e-6 * 10 ** -digits
  return Math.abs(value - exact) <= 0.5 * 10 ** -digits + noise
}

function beyondRounding(value: number, exact: number, rounding: number): number {
  return Math.max(0, Math.abs(value - exact) - rounding)
}

const TASK_TYPES = ['implementation', 'testing'] as const
const MODELS = ['a', 'a', 'b', 'c'] as const
const PROVIDERS = ['anthropic', 'anthropic', 'openrouter'] as const
const COMPLEXITIES = ['low', 'low', 'high'] as const

function randomQuery(random: SeededRandom): Query {
  const pick = <Value>(values: readonly Value[]) => values[random.below(values.length)] as Value
  return {
    task_type: pick(['implementation', 'testing', 'planning']),
    model: pick(['a', 'b', 'unheard-of']),
    provider: pick(['anthropic', 'openrouter']),
    complexity: pick(['low', 'high']),
  }
}

/** Few cells and instances, so that every level gets its turn; the first instance sends most. */
function randomEvents(random: SeededRandom, count: number): readonly Observation[] {
  const pick = <Value>(values: readonly Value[]) => values[random.below(values.length)] as Value
  const tokens = () => pick([random.below(4), random.below(20_000), random.below(10_000_000)])
  return Array.from({ length: count }, (): Observation => ({
    instanceId: String(random.below(5) < 2 ? 0 : random.below(31)),
    receivedAtMs: NOW_MS - random.below((WINDOW_DAYS + 2) * DAY_MS) + (random.below(20) === 0 ? DAY_MS : 0),
    taskType: pick(TASK_TYPES),
    model: pick(MODELS),
    provider: pick(PROVIDERS),
    complexity: pick(COMPLEXITIES),
    inputTokens: tokens(),
    outputTokens: tokens(),
    costUsdMicros: random.below(100_000_000),
    durationMs: random.below(86_400_000),
    estimatedInputTokens: tokens(),
    estimatedOutputTokens: tokens(),
    succeeded: random.below(2) === 0,
    gatesPassed: random.below(2) === 0,
    gatesListed: random.below(2) === 0,
  }))
}

/** The cases and spellings that stand in the definitions, as tests. */
function testedCases(): readonly GoalRow[] {
  const titles = passedTests(['predictor', 'projector', 'model-name'])
  const cases = new Set(titles.flatMap((title) => /(?:^|sqlite: )(\d+): /.exec(title)?.[1] ?? []))
  const spellings = titles.filter((title) => title.startsWith('reads '))
  return [
    inRange(
      'G1',
      'hand-computed cases that hold, of the 24 that are written down',
      cases.size,
      [CASES, Infinity],
      whole,
    ),
    inRange(
      'G1',
      'spellings of model names that are read right',
      spellings.length,
      [SPELLINGS, Infinity],
      whole,
    ),
  ]
}

function passedTests(names: readonly string[]): readonly string[] {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const files = names.map((name) => `packages/server/src/predictions/${name}.test.ts`)
  const { stdout } = spawnSync('npx', ['vitest', 'run', ...files, '--reporter=json', '-t', '^(?!postgres)'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    readonly testResults: readonly {
      readonly assertionResults: readonly { readonly title: string; readonly status: string }[]
    }[]
  }
  return report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .flatMap(({ title, status }) => (status === 'passed' ? [title] : []))
}
