import { type Observation, SeededRandom } from '@mosaicstack/telemetry-server/backtest'

export const DAY_MS = 86_400_000
export const WINDOW_DAYS = 90
/** The moment at which everything is measured. */
export const NOW_MS = Date.UTC(2026, 10, 21, 12)

const MODELS = 60
const TASK_TYPES = ['implementation', 'testing', 'debugging', 'planning', 'code_review', 'refactoring']
const PROVIDERS = ['anthropic', 'openai', 'openrouter']
const COMPLEXITIES = ['medium', 'low', 'high', 'critical']
/** Values are drawn from a table: ten million logarithms would take longer than what is measured. */
const TABLE = 1 << 14

/** Instances behind so many events: a server of strangers has more of them the more events it has. */
export function instancesOf(events: number): number {
  return Math.max(20, Math.round(3 * Math.sqrt(events)))
}

/**
 * Seeded events, one by one in any order of time: lognormal values, skewed instances, models and tasks, spread evenly
 * over the window. The same object is given each time, with other values.
 */
export function forEachObservation(events: number, visit: (observation: Observation) => void): void {
  const random = new SeededRandom(20_261_121)
  const values = Float64Array.from({ length: TABLE }, () => Math.exp(0.9 * random.normal()))
  const instances = instancesOf(events)
  const ids = Array.from({ length: instances }, (_, number) => instanceId(number))
  const models = Array.from({ length: MODELS }, (_, number) => `model-${number}`)
  const skewed = <Item>(items: readonly Item[]) =>
    items[Math.floor(items.length * random.uniform() ** 2.5)] as Item
  const value = (median: number) => Math.round(median * (values[random.below(TABLE)] as number)) + 1

  for (let index = 0; index < events; index++) {
    visit({
      instanceId: skewed(ids),
      receivedAtMs: NOW_MS - Math.floor(random.uniform() * (WINDOW_DAYS * DAY_MS - 1)),
      taskType: skewed(TASK_TYPES),
      model: skewed(models),
      provider: skewed(PROVIDERS),
      complexity: skewed(COMPLEXITIES),
      inputTokens: value(200_000),
      outputTokens: value(4000),
      costUsdMicros: value(400_000),
      durationMs: value(90_000),
      estimatedInputTokens: random.below(2) * 150_000,
      estimatedOutputTokens: random.below(2) * 3000,
      succeeded: random.uniform() < 0.7,
      gatesPassed: random.uniform() < 0.8,
      gatesListed: random.uniform() < 0.5,
    })
  }
}

export function instanceId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}
