import type { ForecastEvent } from '../predictions/forecast/forecast-event.ts'
import { curveProbabilities } from '../predictions/forecast/quantile-curve.ts'
import { inFullStanding, type StandingOf, weighInstances } from '../predictions/instance-weights.ts'
import type { Cell } from '../predictions/level-rules.ts'
import { leastInstances } from '../predictions/min-instances.ts'
import { percentiles } from '../predictions/percentiles.ts'
import { Standings } from '../predictions/standings.ts'
import type { Competitor } from './competitor.ts'
import { levelKey, tunedChain } from './hard-fallback.ts'

const MIN_EVENTS = 5

interface LevelSamples {
  readonly instances: string[]
  readonly values: number[][]
  successes: number
  readonly counts: Map<string, number>
}

/** How much instances are trusted, by name; whoever is not in it fully. */
export type TrustSource = () => ReadonlyMap<string, number>

/** The rule of the fixed fields: type 6, k instances, every instance held to its share, whoever is set aside left out. */
export class CappedCore implements Competitor {
  readonly name = 'core'
  readonly #trust: Standings = new Standings(inFullStanding)
  readonly #judgement: TrustSource
  readonly #levels = new Map<string, LevelSamples>()
  readonly #cached = new Map<string, { readonly events: number; readonly points: Float64Array }>()

  /** @param judgement is asked again at every prediction. */
  constructor(judgement: TrustSource = () => new Map()) {
    this.#judgement = judgement
  }

  predict(metric: number, cell: Cell): Float64Array | undefined {
    if (this.#trust.judge(this.#judgement())) this.#cached.clear()
    const found = this.#find(cell)
    if (found === undefined) return undefined
    const { key, level } = found
    const cached = this.#cached.get(`${metric}\0${key}`)
    // A wide level changes little with one more event; recomputing it for each would take hours.
    if (cached !== undefined && level.instances.length < cached.events * 1.01) return cached.points

    const points = summarise(level, metric, this.#trust.of)
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
    const all = this.#levels.get(levelKey([], cell))
    const minInstances = leastInstances('auto', all === undefined ? 0 : this.#counted(all).instances)
    const levels = tunedChain.flatMap((kept) => {
      const key = levelKey(kept, cell)
      const level = this.#levels.get(key)
      if (level === undefined) return []
      const { instances, events } = this.#counted(level)
      return instances >= minInstances ? [{ key, level, events }] : []
    })
    return levels.find(({ events }) => events >= MIN_EVENTS) ?? levels.at(-1)
  }

  /** What of a level counts. */
  #counted(level: LevelSamples): { readonly instances: number; readonly events: number } {
    const { counts } = level
    const { setAside } = this.#trust
    if (setAside.size === 0) return { instances: counts.size, events: level.instances.length }
    const left = [...counts].filter(([instance]) => !setAside.has(instance))
    return { instances: left.length, events: left.reduce((sum, [, events]) => sum + events, 0) }
  }

  #open(key: string): LevelSamples {
    const known = this.#levels.get(key)
    if (known !== undefined) return known
    const level = { instances: [], values: [], successes: 0, counts: new Map<string, number>() }
    this.#levels.set(key, level)
    return level
  }
}

function summarise(level: LevelSamples, metric: number, standingOf: StandingOf): Float64Array | undefined {
  const counts = new Map([...level.counts].filter(([instance]) => standingOf(instance) > 0))
  const { eventWeights } = weighInstances(counts, standingOf)
  const samples = level.instances
    .map((instance, index) => ({
      weight: eventWeights.get(instance) ?? 0,
      value: level.values[index]?.[metric] ?? 0,
    }))
    .filter(({ value, weight }) => value >= 1 && weight > 0)
    .sort((a, b) => a.weight - b.weight)
  if (samples.length === 0) return undefined
  const points = percentiles(
    Float64Array.from(samples, ({ value }) => Math.log(value)),
    Float64Array.from(samples, ({ weight }) => weight),
    curveProbabilities,
  )
  return Float64Array.from(points)
}
