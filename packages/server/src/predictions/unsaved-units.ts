import { FrozenUnits } from './frozen-units.ts'
import { type StoredUnit, unitKey } from './stored-unit.ts'
import { NO_UNIT, UnitFlag } from './unit-records.ts'
import type { UnitTable } from './unit-table.ts'

/** The units that the store does not know as they are: open ones by number, and the rows of closed ones by key. */
export class UnsavedUnits {
  readonly #table: UnitTable
  /** Every unit with `UnitFlag.CHANGED`, and some that no longer have it. */
  #changed: number[] = []
  /** Without samples, which asks the store to remove them. */
  #closed = new Map<string, StoredUnit>()
  /** The ones taken last. */
  #frozen: FrozenUnits | undefined

  constructor(table: UnitTable) {
    this.#table = table
  }

  noteChange(unit: number): void {
    const { records } = this.#table
    if (records.has(unit, UnitFlag.CHANGED)) return
    records.raise(unit, UnitFlag.CHANGED)
    this.#changed.push(unit)
  }

  /** Notes that a unit is about to be closed, and that its row has to go if there is one. */
  noteClosing(unit: number): void {
    this.forget(unit)
    if (!this.#table.records.has(unit, UnitFlag.STORED)) return
    const row = { ...this.#table.keyOf(unit), samples: new Uint8Array() }
    this.#closed.set(unitKey(row), row)
  }

  /** Notes that a unit is as the store has it. */
  noteSaved(unit: number): void {
    this.forget(unit)
    this.#table.records.raise(unit, UnitFlag.STORED)
  }

  /** Notes that the store has no such row. */
  noteRemoved(row: StoredUnit): void {
    if (this.#closed.size > 0) this.#closed.delete(unitKey(row))
  }

  /** Forgets a unit whose row somebody else removes. */
  forget(unit: number): void {
    this.#table.records.lower(unit, UnitFlag.CHANGED)
  }

  /** Forgets the rows of an instance, which somebody else removes. */
  forgetRowsOf(instanceId: string): void {
    this.#frozen?.forgetRowsOf(instanceId)
    for (const [key, row] of this.#closed) if (row.instanceId === instanceId) this.#closed.delete(key)
  }

  forgetAll(): void {
    for (const unit of this.#changed) this.forget(unit)
    this.#changed = []
    this.#closed.clear()
  }

  /** All of them as they are now; from now on they count as saved. */
  freeze(): FrozenUnits {
    this.#frozen?.work() // nothing but a checkpoint takes them, one at a time
    const changed = this.#changed.filter((unit) => this.#table.records.has(unit, UnitFlag.CHANGED))
    this.#frozen = new FrozenUnits(this.#table, changed, this.#closed)
    for (const unit of changed) this.noteSaved(unit)
    this.#changed = []
    this.#closed = new Map()
    return this.#frozen
  }

  /** Takes one back that could not be saved. */
  giveBack(row: StoredUnit): void {
    const unit = this.#table.findStored(row)
    if (unit !== NO_UNIT) this.noteChange(unit)
    else this.#closed.set(unitKey(row), { ...row, samples: new Uint8Array() })
  }
}
