import type { Crowd } from './crowd.ts'
import { Level } from './level.ts'
import { type Cell, levelKeys, levelRules } from './level-rules.ts'
import { NO_UNIT } from './unit-records.ts'

/** One exact cell: its units, and the levels that count them. */
export class CellUnits {
  readonly cell: Cell
  readonly number: number
  /** Index for index with `levelRules`; undefined where a level does not count it. */
  readonly levels: (Level | undefined)[] = levelRules.map(() => undefined)
  /** Where it stands in `cells` of each of its levels. */
  readonly places: number[] = levelRules.map(() => -1)
  /** The first unit of its list. */
  firstUnit = NO_UNIT
  unitCount = 0
  /** Kept only where there are so many units that some instances may have to go. */
  crowd: Crowd | undefined

  constructor(cell: Cell, number: number) {
    this.cell = cell
    this.number = number
  }
}

/** Calls back for each unit of a cell that counts, with its instance and events. */
export type ForEachCounted = (cell: CellUnits, visit: (instance: number, events: number) => void) => void

/** Rules that keep the model. */
const MODEL_RULES = [...levelRules.keys()].filter((rule) => levelRules[rule]?.kept.includes('model'))
/** The one that keeps nothing else. Its level counts a model's instances, so it is always there. */
const MODEL_RULE = levelRules.findIndex(({ kept }) => kept.join() === 'model')
/** Those whose levels only a model that enough instances reported has. */
const GATED_RULES = MODEL_RULES.filter((rule) => rule !== MODEL_RULE)

/**
 * The exact cells there are, and their levels.
 *
 * A model has levels of its own only while `minModelInstances` instances or more count for it. Until then its events
 * count at the levels without model: who makes up names adds to those, and builds up nothing beside them. It depends on
 * nothing but the events that count.
 */
export class Cells {
  readonly #minModelInstances: number
  readonly #forEachCounted: ForEachCounted
  readonly #byKey = new Map<string, CellUnits>()
  readonly #byNumber: CellUnits[] = []
  readonly #freeNumbers: number[] = []
  readonly #levels = new Map<string, Level>()

  constructor(minModelInstances: number, forEachCounted: ForEachCounted) {
    this.#minModelInstances = minModelInstances
    this.#forEachCounted = forEachCounted
  }

  at(number: number): CellUnits {
    return this.#byNumber[number] as CellUnits
  }

  find(cell: Cell): CellUnits | undefined {
    return this.#byKey.get(cellKey(cell))
  }

  open(cell: Cell): CellUnits {
    const key = cellKey(cell)
    const known = this.#byKey.get(key)
    if (known !== undefined) return known

    const opened = new CellUnits(cell, this.#freeNumbers.pop() ?? this.#byNumber.length)
    this.#byNumber[opened.number] = opened
    this.#byKey.set(key, opened)
    for (const [rule, levelKey] of levelKeys(cell).entries()) {
      if (!GATED_RULES.includes(rule)) this.#join(opened, rule, levelKey)
    }
    if (this.#isAdmitted(opened)) this.#joinGated(opened)
    return opened
  }

  /** Forgets a cell that has no units, and the levels that it was the last of. */
  close(cell: CellUnits): void {
    this.#byKey.delete(cellKey(cell.cell))
    this.#freeNumbers.push(cell.number)
    for (const [rule, key] of levelKeys(cell.cell).entries()) this.#leave(cell, rule, key)
  }

  /** Counts `change` more events of an instance in a cell, or fewer; the units' own counts are changed already. */
  count(cell: CellUnits, instance: number, change: number): void {
    const wasAdmitted = this.#isAdmitted(cell)
    for (const level of cell.levels) level?.count(instance, change)
    if (wasAdmitted !== this.#isAdmitted(cell)) this.#openOrCloseModel(cell, !wasAdmitted)
  }

  /** The levels of a cell that hold anything and may answer, index for index with `levelRules`. */
  levelsOf(cell: Cell): readonly (Level | undefined)[] {
    const levels = this.find(cell)?.levels ?? levelKeys(cell).map((key) => this.#levels.get(key))
    const instances = levels[MODEL_RULE]?.instances.size ?? 0
    if (instances >= this.#minModelInstances) return levels
    return levels.map((level, rule) => (MODEL_RULES.includes(rule) ? undefined : level))
  }

  /** The level of a key, as `levelKeys` makes it. */
  levelAt(key: string): Level | undefined {
    return this.#levels.get(key)
  }

  allLevels(): IterableIterator<Level> {
    return this.#levels.values()
  }

  #isAdmitted(cell: CellUnits): boolean {
    return (
      this.#minModelInstances <= 1 ||
      (cell.levels[MODEL_RULE]?.instances.size ?? 0) >= this.#minModelInstances
    )
  }

  #openOrCloseModel(cell: CellUnits, isAdmitted: boolean): void {
    for (const sibling of cell.levels[MODEL_RULE]?.cells ?? []) {
      if (isAdmitted) {
        this.#joinGated(sibling)
        continue
      }
      const keys = levelKeys(sibling.cell)
      for (const rule of GATED_RULES) this.#leave(sibling, rule, keys[rule] as string)
    }
  }

  /** Lets a cell join the levels of its model, with all that counts in it. */
  #joinGated(cell: CellUnits): void {
    const keys = levelKeys(cell.cell)
    for (const rule of GATED_RULES) {
      const level = this.#join(cell, rule, keys[rule] as string)
      this.#forEachCounted(cell, (instance, events) => level.count(instance, events))
    }
  }

  #join(cell: CellUnits, rule: number, key: string): Level {
    const level = this.#levels.get(key) ?? new Level()
    this.#levels.set(key, level)
    cell.levels[rule] = level
    cell.places[rule] = level.cells.push(cell) - 1
    return level
  }

  /** Leaves a level in which nothing of the cell counts any more, or which all of its cells leave together. */
  #leave(cell: CellUnits, rule: number, key: string): void {
    const level = cell.levels[rule]
    if (level === undefined) return
    cell.levels[rule] = undefined
    const place = cell.places[rule] as number
    const last = level.cells.pop() as CellUnits
    if (last !== cell) {
      level.cells[place] = last
      last.places[rule] = place
    }
    if (level.cells.length === 0) this.#levels.delete(key)
  }
}

function cellKey({ taskType, model, provider, complexity }: Cell): string {
  return `${taskType}\0${model}\0${provider}\0${complexity}`
}
