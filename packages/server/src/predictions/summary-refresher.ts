import { LevelPass } from './level-pass.ts'
import { LevelSums } from './level-sums.ts'
import type { Level } from './level.ts'
import type { PublishedSummaries, SummaryStamp } from './published-summaries.ts'
import type { UnitTable } from './unit-table.ts'

interface Underway {
  readonly level: Level
  readonly pass: LevelPass
  readonly sums: LevelSums
  readonly stamp: SummaryStamp
}

/** What `SummaryRefresher` has to know each time. */
export interface RefreshMoment {
  readonly nowMs: number
  readonly minInstances: number
  /** Asked every tenth of a millisecond or so. */
  readonly isSpent: () => boolean
}

/**
 * Summarises levels while nobody waits: one walk after the other over all there are, and each that is worthwhile is
 * summed up in slices. So the summary of a large one is at most as old as it may be and one walk more.
 */
export class SummaryRefresher {
  readonly #table: UnitTable
  readonly #summaries: PublishedSummaries
  #levels: Iterator<Level> | undefined
  #underway: Underway | undefined

  constructor(table: UnitTable, summaries: PublishedSummaries) {
    this.#table = table
    this.#summaries = summaries
  }

  /** Goes on until a walk has ended or the time is spent. Returns whether a walk has ended. */
  work(moment: RefreshMoment): boolean {
    for (;;) {
      if (this.#underway !== undefined && !this.#goOn(this.#underway, moment)) return false
      this.#levels ??= this.#table.cells.allLevels()
      const next = this.#levels.next()
      if (next.done === true) {
        this.#levels = undefined
        return true
      }
      this.#begin(next.value, moment)
    }
  }

  #begin(level: Level, { minInstances, nowMs }: RefreshMoment): void {
    if (!this.#summaries.isWorthwhile(level, minInstances, nowMs)) return
    const stamp = this.#summaries.stamp(level, nowMs)
    const weights = this.#summaries.weigh(level)
    if (weights === undefined) {
      this.#summaries.put(level, undefined, stamp)
      return
    }
    const sums = new LevelSums(this.#table, weights)
    this.#underway = { level, pass: new LevelPass(this.#table, level, sums), sums, stamp }
  }

  #goOn({ level, pass, sums, stamp }: Underway, { isSpent }: RefreshMoment): boolean {
    if (!pass.work(isSpent)) return false
    this.#underway = undefined
    if (pass.end()) this.#summaries.put(level, sums.summary(), stamp)
    return true
  }
}
