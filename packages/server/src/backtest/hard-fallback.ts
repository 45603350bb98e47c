import type { ForecastEvent } from '../predictions/forecast/forecast-event.ts'
import { curveProbabilities } from '../predictions/forecast/quantile-curve.ts'
import type { Cell } from '../predictions/level-rules.ts'
import type { Competitor } from './competitor.ts'

/** Levels of a chain, the most specific first: what of a cell must match. */
export type Chain = readonly (readonly (keyof Cell)[])[]

const ALL: readonly (keyof Cell)[] = ['taskType', 'model', 'provider', 'complexity']

/** The chain of the fixed fields: the model goes last. */
export const tunedChain: Chain = [
  ALL,
  ['taskType', 'model', 'provider'],
  ['taskType', 'model'],
  ['model'],
  ['taskType'],
  [],
]
/** The chain one would write first: the task type goes last. */
export const taskChain: Chain = [
  ALL,
  ['taskType', 'model', 'provider'],
  ['taskType', 'model'],
  ['taskType'],
  [],
]

export interface HardFallbackSettings {
  readonly name: string
  readonly chain: Chain
  /** Events from which on a level answers. */
  readonly minEvents: number
  /** Hyndman and Fan's number: 6 ranks p(n + 1), 7 ranks 1 + p(n - 1). */
  readonly percentileType: 6 | 7
}

interface LevelValues {
  /** ln value, ascending, metric by metric. */
  readonly sorted: number[][]
  events: number
  successes: number
}

/** Percentiles of the most specific level that holds enough events: what everybody does first. */
export class HardFallback implements Competitor {
  readonly name: string
  readonly #settings: HardFallbackSettings
  readonly #levels = new Map<string, LevelValues>()

  constructor(settings: HardFallbackSettings) {
    this.name = settings.name
    this.#settings = settings
  }

  predict(metric: number, cell: Cell): Float64Array | undefined {
    const sorted = this.#find(cell, (level) => level.sorted[metric]?.length ?? 0)?.sorted[metric]
    if (sorted === undefined || sorted.length === 0) return undefined
    return Float64Array.from(curveProbabilities, (probability) =>
      percentile(sorted, probability, this.#settings.percentileType),
    )
  }

  predictSuccess(cell: Cell): number | undefined {
    const level = this.#find(cell, ({ events }) => events)
    return level === undefined ? undefined : level.successes / level.events
  }

  learn(event: ForecastEvent): void {
    for (const kept of this.#settings.chain) {
      const level = this.#open(levelKey(kept, event.cell), event.values.length)
      level.events++
      if (event.succeeded) level.successes++
      for (let metric = 0; metric < event.values.length; metric++) {
        const value = event.values[metric] ?? 0
        if (value >= 1) insert(level.sorted[metric] ?? [], Math.log(value))
      }
    }
  }

  /** The first level with enough of what `count` counts, else the one with most. */
  #find(cell: Cell, count: (level: LevelValues) => number): LevelValues | undefined {
    const levels = this.#settings.chain.flatMap((kept) => this.#levels.get(levelKey(kept, cell)) ?? [])
    return levels.find((level) => count(level) >= this.#settings.minEvents) ?? levels.at(-1)
  }

  #open(key: string, metrics: number): LevelValues {
    const known = this.#levels.get(key)
    if (known !== undefined) return known
    const level = { sorted: Array.from({ length: metrics }, () => []), events: 0, successes: 0 }
    this.#levels.set(key, level)
    return level
  }
}

export function levelKey(kept: readonly (keyof Cell)[], cell: Cell): string {
  return [kept.join(), ...kept.map((name) => cell[name])].join('\0')
}

function percentile(sorted: readonly number[], probability: number, type: 6 | 7): number {
  const size = sorted.length
  const wanted = type === 6 ? probability * (size + 1) : 1 + probability * (size - 1)
  const rank = Math.max(1, Math.min(size, wanted))
  const below = sorted[Math.floor(rank) - 1] as number
  const above = sorted[Math.floor(rank)] ?? below
  return below + (rank - Math.floor(rank)) * (above - below)
}

function insert(sorted: number[], value: number): void {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  sorted.splice(low, 0, value)
}
