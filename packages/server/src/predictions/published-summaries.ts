import type { Level } from './level.ts'
import type { LevelSummary } from './level-summary.ts'
import { keepsShareBound } from './share-bound.ts'
import { summarise } from './summary.ts'
import type { Weighing } from './weighing.ts'

/** Up to this many events a summary is exact at every moment; above, it may be younger than a tenth of a millisecond per event. */
const ALWAYS_EXACT_EVENTS = 1000

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
  readonly computedAtMs: number
}

/**
 * The summaries of levels, kept as long as they may be.
 *
 * - Nothing is published in which an instance holds more than its share, or to which fewer than `minInstances`
 *   contributed.
 * - With `publishedForMs` a summary stays at least so long, and then until events of two instances or more have come
 *   or gone: whoever compares it with the next sees a mix of theirs.
 */
export class PublishedSummaries {
  readonly #weighing: Weighing
  readonly #publishedForMs: number | undefined
  /** A summary lives as long as its level. */
  #summaries = new WeakMap<Level, CachedSummary>()

  constructor(weighing: Weighing, publishedForMs: number | undefined) {
    this.#weighing = weighing
    this.#publishedForMs = publishedForMs
  }

  /** Forgets everything: what was published holds something that must be there no longer. */
  clear(): void {
    this.#summaries = new WeakMap()
  }

  /** What may be said of a level; undefined where nothing may. */
  of(level: Level, minInstances: number, nowMs: number): PublishedSummary | undefined {
    const cached = this.#summaries.get(level)
    const isCached = cached !== undefined && this.#isValid(cached, level, minInstances, nowMs)
    const { summary, computedAtMs } = isCached ? cached : this.#compute(level, nowMs)
    if (summary === undefined || summary.instances < minInstances) return undefined
    return { summary, computedAtMs, isCached }
  }

  #isValid(cached: CachedSummary, level: Level, minInstances: number, nowMs: number): boolean {
    const ageMs = nowMs - cached.computedAtMs
    // The clock may have been set back: an answer is never from the future.
    if (ageMs < 0) return false
    if (this.#publishedForMs !== undefined) {
      const isPublished = cached.summary !== undefined && cached.summary.instances >= minInstances
      return ageMs < this.#publishedForMs || (isPublished && !level.haveSeveralChanged)
    }
    if (cached.weighingVersion !== this.#weighing.version()) return false
    if (cached.levelVersion === level.version) return true
    const events = Math.min(cached.summary?.sampleSize ?? 0, level.eventCount)
    return events > ALWAYS_EXACT_EVENTS && ageMs < events / 10
  }

  #compute(level: Level, nowMs: number): CachedSummary {
    const { weigh, standingOf, version, onShareViolation } = this.#weighing
    const weights = weigh(level.instances, standingOf)
    const isFair = keepsShareBound(level.instances, weights, standingOf)
    if (!isFair) onShareViolation()
    const computed = {
      summary: isFair ? summarise(level, weights) : undefined,
      levelVersion: level.version,
      weighingVersion: version(),
      computedAtMs: nowMs,
    }
    level.noteSummary()
    this.#summaries.set(level, computed)
    return computed
  }
}
