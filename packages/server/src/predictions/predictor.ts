import type {
  Confidence,
  DimensionsMatched,
  PredictionMetadata,
  PredictionQuery,
  PredictionResponse,
} from '@mosaicstack/telemetry-client/protocol'
import type { Level } from './level.ts'
import { fallbackLevel, levelRules, NO_DATA_NOTE } from './level-rules.ts'
import type { LevelRule } from './level-rules.ts'
import { type LevelSummary, roundTo } from './level-summary.ts'
import { summarise } from './summary.ts'
import type { Units } from './units.ts'

/** Events from which on a level answers although a wider one holds more. */
const ENOUGH_EVENTS = 5

/** Up to this many events a summary is exact at every moment; above, it may be younger than a tenth of a millisecond per event. */
const ALWAYS_EXACT_EVENTS = 1000

export interface PredictorSettings {
  /** Distinct instances that a level needs before it answers. `auto`: a quarter of all instances, 1 to 5. */
  readonly minInstances: 'auto' | number
}

interface CachedSummary {
  readonly summary: LevelSummary
  readonly levelVersion: number
  readonly computedAtMs: number
}

interface Candidate {
  readonly rule: LevelRule
  readonly level: Level
}

/** Answers what a task will take from what such tasks took. */
export class Predictor {
  readonly #units: Units
  readonly #settings: PredictorSettings
  readonly #nowMs: () => number
  /** A summary lives as long as its level. */
  readonly #summaries = new WeakMap<Level, CachedSummary>()

  constructor(units: Units, settings: PredictorSettings, nowMs: () => number) {
    this.#units = units
    this.#settings = settings
    this.#nowMs = nowMs
  }

  /** Answers one query from the most specific level that holds enough. */
  predict(query: PredictionQuery): PredictionResponse {
    const nowMs = this.#nowMs()
    this.#units.expire(nowMs)
    const model = this.#units.canonicalModel(query.model)

    const chosen = this.#chooseLevel(query, model)
    if (chosen === undefined) return { prediction: null, metadata: noDataMetadata(model) }

    const known = this.#cachedSummary(chosen.level, nowMs)
    const cached = known ?? this.#computeSummary(chosen.level, nowMs)
    return {
      prediction: cached.summary.prediction,
      metadata: metadata(query, model, chosen.rule, cached, known !== undefined),
    }
  }

  #chooseLevel(query: PredictionQuery, model: string): Candidate | undefined {
    const { task_type: taskType, provider, complexity } = query
    const levels = this.#units.levelsOf({ taskType, model, provider, complexity })
    const minInstances = this.#minInstances(levels.at(-1)?.instances.size ?? 0)
    const candidates = levelRules.flatMap((rule, index) => {
      const level = levels[index]
      return level !== undefined && level.eventCount > 0 && level.instances.size >= minInstances
        ? [{ rule, level }]
        : []
    })
    return candidates.find(({ level }) => level.eventCount >= ENOUGH_EVENTS) ?? largest(candidates)
  }

  #minInstances(allInstances: number): number {
    const { minInstances } = this.#settings
    return minInstances === 'auto' ? Math.max(1, Math.min(5, Math.floor(allInstances / 4))) : minInstances
  }

  #cachedSummary(level: Level, nowMs: number): CachedSummary | undefined {
    const cached = this.#summaries.get(level)
    // The clock may have been set back: an answer is never from the future.
    if (cached === undefined || cached.computedAtMs > nowMs) return undefined
    if (cached.levelVersion === level.version) return cached

    const events = Math.min(cached.summary.sampleSize, level.eventCount)
    return events > ALWAYS_EXACT_EVENTS && nowMs - cached.computedAtMs < events / 10 ? cached : undefined
  }

  #computeSummary(level: Level, nowMs: number): CachedSummary {
    const computed = { summary: summarise(level), levelVersion: level.version, computedAtMs: nowMs }
    this.#summaries.set(level, computed)
    return computed
  }
}

/** The most specific of those with most events. */
function largest(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.reduce<Candidate | undefined>(
    (best, next) => (best === undefined || next.level.eventCount > best.level.eventCount ? next : best),
    undefined,
  )
}

function metadata(
  query: PredictionQuery,
  model: string,
  rule: LevelRule,
  cached: CachedSummary,
  cacheHit: boolean,
): PredictionMetadata {
  const { summary, computedAtMs } = cached
  return {
    sample_size: summary.sampleSize,
    fallback_level: fallbackLevel(rule),
    confidence: confidence(summary.sampleSize, fallbackLevel(rule)),
    last_updated: new Date(computedAtMs).toISOString(),
    dimensions_matched: dimensionsMatched(query, rule),
    fallback_note: rule.note,
    cache_hit: cacheHit,
    newest_event_at: new Date(summary.newestEventMs).toISOString(),
    instances: summary.instances,
    max_instance_share: roundTo(summary.maxInstanceShare, 4),
    effective_sample_size: roundTo(summary.effectiveSampleSize, 3),
    model_canonical: model,
  }
}

function noDataMetadata(model: string): PredictionMetadata {
  return {
    sample_size: 0,
    fallback_level: -1,
    confidence: 'none',
    last_updated: null,
    dimensions_matched: { task_type: null, model: null, provider: null, complexity: null },
    fallback_note: NO_DATA_NOTE,
    cache_hit: false,
    newest_event_at: null,
    instances: 0,
    max_instance_share: 0,
    effective_sample_size: 0,
    model_canonical: model,
  }
}

function confidence(sampleSize: number, level: number): Confidence {
  if (level > 0) return 'low'
  if (sampleSize >= 100) return 'high'
  return sampleSize >= 30 ? 'medium' : 'low'
}

/** The query's own words, not their canonical forms. */
function dimensionsMatched(query: PredictionQuery, rule: LevelRule): DimensionsMatched {
  return {
    task_type: rule.kept.includes('taskType') ? query.task_type : null,
    model: rule.kept.includes('model') ? query.model : null,
    provider: rule.kept.includes('provider') ? query.provider : null,
    complexity: rule.kept.includes('complexity') ? query.complexity : null,
  }
}
