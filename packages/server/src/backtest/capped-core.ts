import type { ForecastEvent } from '../predictions/forecast/forecast-event.ts'
import { curveProbabilities } from '../predictions/forecast/quantile-curve.ts'
import { weighInstances } from '../predictions/instance-weights.ts'
import type { Cell } from '../predictions/level-rules.ts'
import { percentiles } from '../predictions/percentiles.ts'
import type { Competitor } from './competitor.ts'
import { levelKey, tunedChain } from './hard-fallback.ts'

const MIN_EVENTS = 5

interface LevelSamples {
  readonly instances: string[]
  readonly values: number[][]
  successes: number
  readonly counts: Map<string, number>
}

/** The rule of the fixed fields: type 6, k instances, every instance held to its share. */
export class CappedCore implements Competitor {
  readonly name = 'core'
  readonly #levels = new Map<string, LevelSamples>()
  readonly #cached = new Map<string, { readonly events: number; readonly points: Float64Array }>()

  predict(metric: number, cell: Cell): Float64Array | undefined {
    const found = this.#find(cell)
    if (found === undefined) return undefined
    const { key, level } = found
    const cached = this.#cached.get(`${metric}\0${key}`)
    // A wide level changes little with one more event; recomputing it for each would take hours.
    if (cached !== undefined && level.instances.length < cached.events * 1.01) return cached.points

    const points = summarise(level, metric)
    if (points !== undefined)
      this.#cached.set(`${metric}\0${key}`, { events: level.instances.length, points })
    return points
  }

  predictSuccess(cell: Cell): number | undefined {
    const level = this.#find(cell)?.level
    return level === undefined ? undefined : level.successes / level.instances.length
  }

  learn(event: ForecastEvent): void {
    for (const kept of tunedChain) {
      const level = this.#open(levelKey(kept, event.cell))
      level.instances.push(event.instanceId)
      level.values.push(Array.from(event.values))
      if (event.succeeded) level.successes++
      level.counts.set(event.instanceId, (level.counts.get(event.instanceId) ?? 0) + 1)
    }
  }

  #find(cell: Cell): { readonly key: string; readonly level: LevelSamples } | undefined {
    const all = this.#levels.get(levelKey([], cell))?.counts.size ?? 0
    const minInstances = Math.max(1, Math.min(5, Math.floor(all / 4)))
    const levels = tunedChain.flatMap((kept) => {
      const key = levelKey(kept, cell)
      const level = this.#levels.get(key)
      return level !== undefined && level.counts.size >= minInstances ? [{ key, level }] : []
    })
    return levels.find(({ level }) => level.instances.length >= MIN_EVENTS) ?? levels.at(-1)
  }

  #open(key: string): LevelSamples {
    const known = this.#levels.get(key)
    if (known !== undefined) return known
    const level = { instances: [], values: [], successes: 0, counts: new Map<string, number>() }
    this.#levels.set(key, level)
    return level
  }
}

function summarise(level: LevelSamples, metric: number): Float64Array | undefined {
  const { eventWeights } = weighInstances(level.counts)
  const samples = level.instances
    .map((instance, index) => ({
      weight: eventWeights.get(instance) ?? 0,
      value: level.values[index]?.[metric] ?? 0,
    }))
    .filter(({ value }) => value >= 1)
    .sort((a, b) => a.weight - b.weight)
  if (samples.length === 0) return undefined
  const points = percentiles(
    Float64Array.from(samples, ({ value }) => Math.log(value)),
    Float64Array.from(samples, ({ weight }) => weight),
    curveProbabilities,
  )
  return Float64Array.from(points)
}
