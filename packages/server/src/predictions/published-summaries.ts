import type { Level } from './level.ts'
import type { LevelSummary } from './level-summary.ts'
import { LevelWeights } from './level-weights.ts'
import { summarise } from './summary.ts'
import { MAX_EXACT_SAMPLES } from './unit-samples.ts'
import type { UnitTable } from './unit-table.ts'
import type { Weighing } from './weighing.ts'

/** Up to this many events a summary is made while somebody waits for it: it takes a millisecond. */
export const MAX_EVENTS_AT_ONCE = 10_000

/** Above `MAX_EXACT_SAMPLES` a summary may be as old as a tenth of a millisecond for each event. */
const AGE_MS_PER_EVENT = 0.1

/** What is said of a level until it is summarised anew. */
export interface PublishedSummary {
  readonly summary: LevelSummary
  readonly computedAtMs: number
  /** Whether it was there already. */
  readonly isCached: boolean
}

interface CachedSummary {
  /** Undefined where an instance would hold more than its share. */
  readonly summary: LevelSummary | undefined
  readonly levelVersion: number
  readonly weighingVersion: number
  readonly era: number
  readonly computedAtMs: number
  /** Whether a query has been answered with it. */
  wasAsked: boolean
}

/** What stands when a summary is begun. */
export type SummaryStamp = Omit<CachedSummary, 'summary' | 'wasAsked'>

/**
 * The summaries of levels, kept as long as they may be.
 *
 * - Nothing is published in which an instance holds more than its share, or to which fewer than `minInstances`
 *   contributed.
 * - With `publishedForMs` a summary stays at least so long, and then until events of two instances or more have come
 *   or gone: whoever compares it with the next sees a mix of theirs.
 * - A level of up to 1 000 events is summarised anew when it is asked for and one of them has changed, one of up to 10 000
 *   when its summary is too old by then. For a larger one the last summary answers until `SummaryRefresher` has made
 *   the next; only where there is none yet, it is made at once.
 */
export class PublishedSummaries {
  readonly #table: UnitTable
  readonly #weighing: Weighing
  readonly #publishedForMs: number | undefined
  /** A summary lives as long as its level. */
  readonly #summaries = new WeakMap<Level, CachedSummary>()
  #era = 0

  constructor(table: UnitTable, weighing: Weighing, publishedForMs: number | undefined) {
    this.#table = table
    this.#weighing = weighing
    this.#publishedForMs = publishedForMs
  }

  /** Makes every summary anew, large ones as soon as may be: they hold something that must be there no longer. */
  clear(): void {
    this.#era++
  }

  /** What may be said of a level; undefined where nothing may. */
  of(level: Level, minInstances: number, nowMs: number): PublishedSummary | undefined {
    const known = this.#summaries.get(level)
    const mayStay = known !== undefined && (isLarge(level) || !this.#isDue(known, level, minInstances, nowMs))
    const answering = mayStay ? known : this.#summarise(level, nowMs)
    answering.wasAsked = true
    const { summary, computedAtMs } = answering
    if (summary === undefined || summary.instances < minInstances) return undefined
    // A large one may be of a clock that was set back since; an answer is never from the future.
    return { summary, computedAtMs: Math.min(computedAtMs, nowMs), isCached: mayStay }
  }

  /**
   * Whether a level is worth summarising before anybody asks: a large one that is due, and any of more than 1 000 events
   * that is asked for and half way to being due.
   */
  isWorthwhile(level: Level, minInstances: number, nowMs: number): boolean {
    if (level.eventCount <= MAX_EXACT_SAMPLES) return false
    const known = this.#summaries.get(level)
    if (known === undefined) return isLarge(level)
    if (known.wasAsked) return this.#isDue(known, level, minInstances, nowMs, 0.5)
    return isLarge(level) && this.#isDue(known, level, minInstances, nowMs)
  }

  /** Weighs a level as it is now. Where an instance would hold more than its share that is told and there are none. */
  weigh(level: Level): LevelWeights | undefined {
    const weights = new LevelWeights(this.#table.countsAt(level), this.#weighing)
    if (weights.areFair) return weights
    this.#weighing.onShareViolation()
    return undefined
  }

  /** Notes that a level is summarised as it is now. Whoever does so puts the summary when it is made. */
  stamp(level: Level, nowMs: number): SummaryStamp {
    level.noteSummary()
    const weighingVersion = this.#weighing.version()
    return { levelVersion: level.version, weighingVersion, era: this.#era, computedAtMs: nowMs }
  }

  put(level: Level, summary: LevelSummary | undefined, stamp: SummaryStamp): CachedSummary {
    const cached = { ...stamp, summary, wasAsked: false }
    this.#summaries.set(level, cached)
    return cached
  }

  #summarise(level: Level, nowMs: number): CachedSummary {
    const stamp = this.stamp(level, nowMs)
    const weights = this.weigh(level)
    return this.put(level, weights && summarise(this.#table, level, weights), stamp)
  }

  /** Whether a summary is as old as it may be, or a part of that. */
  #isDue(known: CachedSummary, level: Level, minInstances: number, nowMs: number, part = 1): boolean {
    const ageMs = nowMs - known.computedAtMs
    // The clock was set back.
    if (ageMs < 0 || known.era !== this.#era) return true
    if (this.#publishedForMs !== undefined) {
      const isPublished = known.summary !== undefined && known.summary.instances >= minInstances
      return ageMs >= this.#publishedForMs && (!isPublished || level.haveSeveralChanged)
    }
    if (known.weighingVersion !== this.#weighing.version()) return true
    if (known.levelVersion === level.version) return false
    const events = Math.min(known.summary?.sampleSize ?? 0, level.eventCount)
    return events <= MAX_EXACT_SAMPLES || ageMs >= events * AGE_MS_PER_EVENT * part
  }
}

function isLarge(level: Level): boolean {
  return level.eventCount > MAX_EVENTS_AT_ONCE
}
