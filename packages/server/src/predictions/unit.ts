import type { Cell } from './level-rules.ts'
import type { Level } from './level.ts'
import { SampleList } from './sample-list.ts'
import { SketchedSamples } from './sketched-samples.ts'
import { MAX_EXACT_SAMPLES, type UnitContents } from './unit-contents.ts'

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
  /** In the form of `sample-codec.ts` or `sketched-codec.ts`; empty asks to remove the row. */
  readonly samples: Uint8Array
}

/** What one instance sent about one cell on one UTC day. */
export class Unit {
  readonly cell: Cell
  readonly instanceId: string
  readonly day: number
  readonly levels: readonly Level[]
  contents: UnitContents = new SampleList()
  /** How many samples the levels count now: the first ones, those that have arrived by the clock. */
  countedSamples = 0
  /** Whether its instance is set aside: then the levels count none of its samples. */
  isSetAside = false

  constructor(cell: Cell, instanceId: string, day: number, levels: readonly Level[]) {
    this.cell = cell
    this.instanceId = instanceId
    this.day = day
    this.levels = levels
    for (const level of levels) level.units.add(this)
  }

  insert(sample: Float64Array): void {
    this.contents.insert(sample)
    if (this.contents instanceof SampleList && this.contents.size > MAX_EXACT_SAMPLES) {
      this.contents = SketchedSamples.of(this.contents, this.day)
    }
  }

  /** Makes the levels count the samples that arrived at or before `nowMs`, no others. */
  recount(nowMs: number): void {
    const counted = this.isSetAside ? 0 : this.contents.countThrough(nowMs)
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
      samples: this.contents.encode(this.day),
    }
  }
}

/** What tells units apart. */
export function unitKey(cell: Cell, instanceId: string, day: number): string {
  return `${cell.taskType}\0${cell.model}\0${cell.provider}\0${cell.complexity}\0${instanceId}\0${day}`
}
