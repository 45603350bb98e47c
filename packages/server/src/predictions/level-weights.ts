import type { InstanceWeights } from './instance-weights.ts'
import { keepsShareBound } from './share-bound.ts'
import type { Weighing } from './weighing.ts'

/** What the instances of a level weigh, and the events that this was settled from. */
export class LevelWeights {
  /** Events that count, by instance id. */
  readonly counts: ReadonlyMap<string, number>
  readonly weights: InstanceWeights
  /** Whether no instance holds more than its share. */
  readonly areFair: boolean

  constructor(counts: ReadonlyMap<string, number>, { weigh, standingOf }: Weighing) {
    this.counts = counts
    this.weights = weigh(counts, standingOf)
    this.areFair = keepsShareBound(counts, this.weights, standingOf)
  }

  /** What each event of an instance weighs. */
  of(instanceId: string): number {
    return this.weights.eventWeights.get(instanceId) ?? 0
  }

  /** The weight of all events. */
  get total(): number {
    let total = 0
    for (const [instanceId, events] of this.counts) total += events * this.of(instanceId)
    return total
  }

  /** Kish's effective sample size. Summed up in order of weight, so that it does not depend on who came first. */
  get effectiveSize(): number {
    const claims = Array.from(this.counts, ([id, events]) => ({ events, weight: this.of(id) }))
    let sum = 0
    let squares = 0
    for (const { events, weight } of claims.sort((a, b) => a.weight - b.weight)) {
      sum += events * weight
      squares += events * weight * weight
    }
    return (sum * sum) / squares
  }
}
