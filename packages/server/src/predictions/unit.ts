import type { Cell } from './level-rules.ts'
import type { Level } from './level.ts'
import { encodeSamples } from './sample-codec.ts'
import { SampleList } from './sample-list.ts'

/** The stored row of one unit. */
export interface StoredUnit {
  readonly taskType: string
  /** Canonical. */
  readonly model: string
  readonly provider: string
  readonly complexity: string
  readonly instanceId: string
  /** UTC days since 1970 of `received_at`. */
  readonly day: number
  /** The samples in the form of `sample-codec.ts`; empty asks to remove the row. */
  readonly samples: Uint8Array
}

/** What one instance sent about one cell on one UTC day. */
export class Unit {
  readonly cell: Cell
  readonly instanceId: string
  readonly day: number
  readonly levels: readonly Level[]
  samples = new SampleList()
  /** How many samples the levels count now: the first ones, those that have arrived by the clock. */
  countedSamples = 0

  constructor(cell: Cell, instanceId: string, day: number, levels: readonly Level[]) {
    this.cell = cell
    this.instanceId = instanceId
    this.day = day
    this.levels = levels
    for (const level of levels) level.units.add(this)
  }

  /** Makes the levels count the samples that arrived at or before `nowMs`, no others. */
  recount(nowMs: number): void {
    const counted = this.samples.countThrough(nowMs)
    const change = counted - this.countedSamples
    if (change === 0) return

    this.countedSamples = counted
    for (const level of this.levels) level.count(this.instanceId, change)
  }

  toStored(): StoredUnit {
    return {
      ...this.cell,
      instanceId: this.instanceId,
      day: this.day,
      samples: encodeSamples(this.samples.numbers, this.day),
    }
  }
}

/** What tells units apart. */
export function unitKey(cell: Cell, instanceId: string, day: number): string {
  return `${cell.taskType}\0${cell.model}\0${cell.provider}\0${cell.complexity}\0${instanceId}\0${day}`
}
