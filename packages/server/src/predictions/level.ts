import type { Unit } from './unit.ts'

/** When the newest event that counts at a level arrived, epoch milliseconds. */
export function newestArrivalMs(level: Level): number {
  let newestMs = -Infinity
  for (const { contents, countedSamples } of level.units) {
    if (countedSamples > 0)
      newestMs = Math.max(newestMs, contents.newestArrivalMs(countedSamples) ?? -Infinity)
  }
  return newestMs
}

/** The units that share the dimensions of one level, and the counts that decide whether it may answer. */
export class Level {
  /** Changes whenever an event begins or ceases to count here. */
  version = 0
  /** Events that count. */
  eventCount = 0
  /** Events that count by instance; an instance without any is absent. */
  readonly instances = new Map<string, number>()
  /** Also those whose events are all still to come. */
  readonly units = new Set<Unit>()
  #changedBy: string | undefined
  #haveSeveralChanged = false

  /** Whether events of two instances or more began or ceased to count here since `noteSummary`. */
  get haveSeveralChanged(): boolean {
    return this.#haveSeveralChanged
  }

  /** Notes that what counts here now was summarised. */
  noteSummary(): void {
    this.#changedBy = undefined
    this.#haveSeveralChanged = false
  }

  /** Counts `change` more events of an instance, or fewer where it is negative. */
  count(instanceId: string, change: number): void {
    this.version++
    this.#haveSeveralChanged ||= this.#changedBy !== undefined && this.#changedBy !== instanceId
    this.#changedBy = instanceId
    this.eventCount += change
    const events = (this.instances.get(instanceId) ?? 0) + change
    if (events === 0) this.instances.delete(instanceId)
    else this.instances.set(instanceId, events)
  }
}
