import { lowerBound } from '../predictions/percentiles.ts'
import type { BacktestEvent } from './run-backtest.ts'
import { SeededRandom } from './seeded-random.ts'

/** One published run of a benchmark's task. */
export interface BenchmarkRun {
  readonly agent: string
  readonly model: string
  readonly benchmark: string
  /** The project that the task belongs to. */
  readonly project: string
  /** The same for every run of one task. */
  readonly task: string
  readonly costUsdMicros: number
  readonly resolved: boolean
}

export interface StreamSettings {
  readonly seed: number
  readonly events: number
}

const INSTANCES = 150
const DAYS = 60
const BASE_DAY = 20_000
const LABELS = ['low', 'medium', 'high', 'critical'] as const
/** Upper ends of the first three labels, in ranks from 0 to 1. */
const LABEL_ENDS = [0.3, 0.7, 0.93] as const
/** Noise of the guess that becomes a label, in standard deviations of what it guesses: people guess about this badly. */
const GUESS_NOISE = 2

/**
 * A sparse stream of one metric, cost, from a complete table of runs.
 *
 * - `model` is the model, `provider` the agent, `task_type` the benchmark and its project.
 * - `complexity` is a bad guess of the task's cost, made once for each task: the rank of the mean ln cost of all *other*
 *   runs of it, with twice as much noise.
 * - Models and task types are skewed: each gets a weight e^(normal), and the next event is a run drawn from the model
 *   and task type so weighted, without putting back. Early events are thus sparse, and some cells never fill.
 * - Every event goes to one of 150 instances, whose activity is e^(1.2 normal). They do not differ otherwise: the table
 *   has no instances. The stream spreads evenly over 60 days, without drift.
 */
export function benchmarkStream(
  runs: readonly BenchmarkRun[],
  settings: StreamSettings,
): readonly BacktestEvent[] {
  const random = new SeededRandom(settings.seed)
  const labels = guessComplexities(runs, random)
  const activity = Array.from({ length: INSTANCES }, () => Math.exp(1.2 * random.normal()))
  const order = sparseOrder(runs, random).slice(0, settings.events)
  return order.map((run, index) => ({
    cell: {
      taskType: taskType(run),
      model: run.model,
      provider: run.agent,
      complexity: labels.get(run) ?? 'medium',
    },
    instanceId: `00000000-0000-4000-8000-${String(random.pick(activity)).padStart(12, '0')}`,
    day: BASE_DAY + Math.floor((index / settings.events) * DAYS),
    values: [run.costUsdMicros],
    succeeded: run.resolved,
  }))
}

function taskType({ benchmark, project }: BenchmarkRun): string {
  return `${benchmark}/${project}`
}

/** Weighted order without replacement: the smallest exponential clocks, their rates the weights, ring first. */
function sparseOrder(runs: readonly BenchmarkRun[], random: SeededRandom): BenchmarkRun[] {
  const weights = new Map<string, number>()
  const weightOf = (name: string) => {
    const weight = weights.get(name) ?? Math.exp(random.normal())
    weights.set(name, weight)
    return weight
  }
  return runs
    .map((run) => ({
      run,
      rings:
        -Math.log(1 - random.uniform()) / (weightOf(`${run.agent}/${run.model}`) * weightOf(taskType(run))),
    }))
    .sort((a, b) => a.rings - b.rings)
    .map(({ run }) => run)
}

function guessComplexities(
  runs: readonly BenchmarkRun[],
  random: SeededRandom,
): ReadonlyMap<BenchmarkRun, string> {
  const offsets = modelOffsets(runs)
  const byTask = new Map<string, { sum: number; count: number; noise: number }>()
  for (const [index, run] of runs.entries()) {
    const task = byTask.get(run.task) ?? { sum: 0, count: 0, noise: random.normal() }
    task.sum += offsets[index] as number
    task.count++
    byTask.set(run.task, task)
  }

  const others = runs.map((run, index) => {
    const task = byTask.get(run.task) ?? { sum: 0, count: 0, noise: 0 }
    const mean = task.count < 2 ? 0 : (task.sum - (offsets[index] as number)) / (task.count - 1)
    return { mean, noise: task.noise }
  })
  const spread = Math.sqrt(others.reduce((sum, { mean }) => sum + mean * mean, 0) / others.length)
  const guesses = others.map(({ mean, noise }) => mean + GUESS_NOISE * spread * noise)
  const sorted = Float64Array.from(guesses).sort()
  return new Map(runs.map((run, index) => [run, label(guesses[index] as number, sorted)]))
}

/** ln cost less the mean of its agent and model. */
function modelOffsets(runs: readonly BenchmarkRun[]): Float64Array {
  const sums = new Map<string, { sum: number; count: number }>()
  for (const run of runs) {
    const key = `${run.agent}/${run.model}`
    const model = sums.get(key) ?? { sum: 0, count: 0 }
    model.sum += Math.log(run.costUsdMicros)
    model.count++
    sums.set(key, model)
  }
  return Float64Array.from(runs, (run) => {
    const model = sums.get(`${run.agent}/${run.model}`) ?? { sum: 0, count: 1 }
    return Math.log(run.costUsdMicros) - model.sum / model.count
  })
}

function label(guess: number, sorted: Float64Array): string {
  const rank = lowerBound(sorted, guess) / sorted.length
  return LABELS.find((_, index) => rank < (LABEL_ENDS[index] ?? 1)) ?? 'critical'
}
