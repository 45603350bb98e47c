import { Complexity, TaskType } from '@mosaicstack/telemetry-client/protocol'
import type { Cell } from '../predictions/level-rules.ts'
import type { BacktestEvent } from './run-backtest.ts'
import { SeededRandom } from './seeded-random.ts'
import { drawNoise, drawShape, HABIT_SD, INSTANCE_SD, shapeKinds } from './task-noise.ts'

/**
 * A population with known truth: 400 instances, 10 task types x 16 models x 4 complexities.
 *
 * ln value = mean + task + model + complexity + task x model + cell + day's drift of the model
 *            + scale x (instance + habit + noise)
 *
 * The instances' own effect (sd 0.25) and the habit of an instance in a cell (0.35) are drawn once; noise is Student's t
 * with 5 degrees of freedom (sd 0.95). In one of five cells the noise has two modes, 2.2 apart. Models differ in scale
 * (ln sd 0.2). A third of the models is released within the stream, four models jump by up to a factor of 2.5 once.
 * How much an instance reports, and how often a model, a task type or a complexity occurs, is skewed.
 */
export interface PopulationSettings {
  readonly seed: number
  readonly events: number
  readonly instances?: number
  readonly days?: number
  /** Standard deviation of the daily step of each model's effect, in ln. */
  readonly driftPerDay?: number
  /** Whether models are released and jump. */
  readonly hasReleases?: boolean
  /** Whether task x model and single cells have effects and modes of their own. */
  readonly hasInteractions?: boolean
}

const MODELS = 16
const BASE_DAY = 20_000
const MEAN = 12.5

const TASK_TYPES = Object.values(TaskType)
const COMPLEXITIES = Object.values(Complexity)
const COMPLEXITY_WEIGHTS = [3, 5, 3, 1.5]

interface ModelTruth {
  readonly name: string
  readonly provider: string
  readonly effect: number
  readonly scale: number
  readonly popularity: number
  readonly releaseDay: number
  readonly jumpDay: number
  readonly jump: number
  /** Drift by day. */
  readonly drift: readonly number[]
  readonly skill: number
}

interface InstanceTruth {
  readonly name: string
  readonly effect: number
  /** How much it reports, relative to the others. */
  readonly activity: number
}

interface CellTruth {
  readonly offset: number
  readonly kind: number
  readonly logit: number
}

export function syntheticPopulation(settings: PopulationSettings): readonly BacktestEvent[] {
  return new Population(settings).events()
}

class Population {
  readonly #random: SeededRandom
  readonly #settings: Required<PopulationSettings>
  readonly #taskEffects: readonly number[]
  readonly #complexityEffects: readonly number[]
  readonly #models: readonly ModelTruth[]
  readonly #instances: readonly InstanceTruth[]
  readonly #cells = new Map<string, CellTruth>()
  readonly #habits = new Map<string, number>()
  readonly #shapes: readonly Float64Array[]

  constructor(settings: PopulationSettings) {
    this.#settings = {
      instances: 400,
      days: 60,
      driftPerDay: 0.01,
      hasReleases: true,
      hasInteractions: true,
      ...settings,
    }
    const random = (this.#random = new SeededRandom(settings.seed))
    this.#taskEffects = TASK_TYPES.map(() => 0.5 * random.normal())
    this.#complexityEffects = COMPLEXITIES.map((_, rank) => (rank - 1) * 0.3 + 0.1 * random.normal())
    this.#models = Array.from({ length: MODELS }, (_, index) => this.#model(index))
    this.#instances = Array.from({ length: this.#settings.instances }, (_, index) => ({
      name: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      effect: INSTANCE_SD * random.normal(),
      activity: Math.exp(1.2 * random.normal()),
    }))
    this.#shapes = shapeKinds.map((kind) => drawShape(kind, random))
  }

  events(): readonly BacktestEvent[] {
    const { events, days } = this.#settings
    const activity = this.#instances.map((instance) => instance.activity)
    const taskWeights = this.#taskEffects.map(() => Math.exp(0.5 * this.#random.normal()))
    return Array.from({ length: events }, (_, index) => {
      const elapsed = Math.floor((index / events) * days)
      const instance = this.#instances[this.#random.pick(activity)] as InstanceTruth
      const model = this.#models[this.#pickModel(elapsed)] as ModelTruth
      const task = this.#random.pick(taskWeights)
      const complexity = this.#random.pick(COMPLEXITY_WEIGHTS)
      return this.#event(elapsed, instance, model, task, complexity)
    })
  }

  #event(
    elapsed: number,
    instance: InstanceTruth,
    model: ModelTruth,
    task: number,
    complexity: number,
  ): BacktestEvent {
    const cell: Cell = {
      taskType: TASK_TYPES[task] ?? 'unknown',
      model: model.name,
      provider: model.provider,
      complexity: COMPLEXITIES[complexity] ?? 'medium',
    }
    const truth = this.#cell(cell, task)
    const location =
      MEAN +
      (this.#taskEffects[task] ?? 0) +
      model.effect +
      (model.drift[elapsed] ?? 0) +
      (elapsed >= model.jumpDay ? model.jump : 0) +
      (this.#complexityEffects[complexity] ?? 0) +
      truth.offset
    const own = instance.effect + this.#habit(instance.name, cell) + drawNoise(truth.kind, this.#random)
    return {
      cell,
      instanceId: instance.name,
      day: BASE_DAY + elapsed,
      values: [Math.exp(location + model.scale * own)],
      succeeded: this.#random.uniform() < 1 / (1 + Math.exp(-(model.skill + truth.logit - 0.3 * complexity))),
      truth: [(this.#shapes[truth.kind] as Float64Array).map((point) => location + model.scale * point)],
    }
  }

  #model(index: number): ModelTruth {
    const { days, driftPerDay, hasReleases } = this.#settings
    const random = this.#random
    const drift: number[] = [0]
    for (let day = 1; day < days; day++) drift.push((drift[day - 1] ?? 0) + driftPerDay * random.normal())
    return {
      name: `model-${index}`,
      provider: index % 3 === 0 ? 'openrouter' : 'anthropic',
      effect: 0.8 * random.normal(),
      scale: Math.exp(0.2 * random.normal()),
      popularity: Math.exp(0.6 * random.normal()),
      releaseDay: hasReleases && index % 3 === 2 ? random.below(days) : 0,
      jumpDay: hasReleases && index % 4 === 1 ? random.below(days) : days,
      jump: Math.log(2.5) * (2 * random.uniform() - 1),
      drift,
      skill: 0.7 + 0.6 * random.normal(),
    }
  }

  #pickModel(elapsed: number): number {
    return this.#random.pick(
      this.#models.map((model) => (model.releaseDay <= elapsed ? model.popularity : 0)),
    )
  }

  #cell(cell: Cell, task: number): CellTruth {
    const pair = this.#open(`${task}\0${cell.model}`, 0.2, 0.25)
    const own = this.#open(`${task}\0${cell.model}\0${cell.complexity}`, 0.15, 0.2)
    return { offset: pair.offset + own.offset, kind: own.kind, logit: pair.logit + own.logit }
  }

  #open(key: string, sd: number, logitSd: number): CellTruth {
    const known = this.#cells.get(key)
    if (known !== undefined) return known
    const { hasInteractions } = this.#settings
    const hasTwoModes = this.#random.uniform() < 0.2 && hasInteractions
    const truth = {
      offset: (hasInteractions ? sd : 0) * this.#random.normal(),
      kind: hasTwoModes ? 1 + this.#random.below(2) : 0,
      logit: logitSd * this.#random.normal(),
    }
    this.#cells.set(key, truth)
    return truth
  }

  #habit(instance: string, cell: Cell): number {
    const key = `${instance}\0${cell.taskType}\0${cell.model}\0${cell.complexity}`
    const known = this.#habits.get(key)
    if (known !== undefined) return known
    const habit = HABIT_SD * this.#random.normal()
    this.#habits.set(key, habit)
    return habit
  }
}
