import type { CellUnits } from './cells.ts'
import { InstanceCounts } from './instance-counts.ts'

/** The cells that share the dimensions of one level, and the counts that decide whether it may answer. */
export class Level {
  /** Changes whenever an event begins or ceases to count here. */
  version = 0
  /** Events that count. */
  eventCount = 0
  /** Events that count by instance number; an instance without any is absent. */
  readonly instances = new InstanceCounts()
  /** Also those whose events are all still to come. */
  readonly cells: CellUnits[] = []
  #changedBy: number | undefined
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
  count(instance: number, change: number): void {
    this.version++
    this.#haveSeveralChanged ||= this.#changedBy !== undefined && this.#changedBy !== instance
    this.#changedBy = instance
    this.eventCount += change
    this.instances.add(instance, change)
  }
}
