import type {
  Confidence,
  DimensionsMatched,
  PredictionMetadata,
  PredictionQuery,
  PredictionResponse,
} from '@mosaicstack/telemetry-client/protocol'
import type { Level } from './level.ts'
import { ALL_TASKS, fallbackLevel, levelRules, NO_DATA_NOTE } from './level-rules.ts'
import type { LevelRule } from './level-rules.ts'
import { roundTo } from './level-summary.ts'
import { leastInstances, type MinInstances } from './min-instances.ts'
import { PublishedSummaries, type PublishedSummary } from './published-summaries.ts'
import { SummaryRefresher } from './summary-refresher.ts'
import type { Units } from './units.ts'
import { plainWeighing, type Weighing } from './weighing.ts'

/** Events from which on a level answers although a wider one holds more. */
const ENOUGH_EVENTS = 5

export interface PredictorSettings {
  /** Distinct instances that a level needs before it answers. */
  readonly minInstances: MinInstances
  /** How long a summary stays published at least although its level changes: see `PublishedSummaries`. */
  readonly publishedForMs?: number | undefined
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
  readonly #summaries: PublishedSummaries
  readonly #refresher: SummaryRefresher

  constructor(
    units: Units,
    settings: PredictorSettings,
    nowMs: () => number,
    weighing: Partial<Weighing> = {},
  ) {
    this.#units = units
    this.#settings = settings
    this.#nowMs = nowMs
    this.#summaries = new PublishedSummaries(
      units.table,
      { ...plainWeighing, ...weighing },
      settings.publishedForMs,
    )
    this.#refresher = new SummaryRefresher(units.table, this.#summaries)
  }

  /** Summarises everything anew: somebody was deleted. */
  forgetSummaries(): void {
    this.#summaries.clear()
  }

  /**
   * Summarises large levels that are due, which no query does: a server calls this again and again. The time is looked
   * at every tenth of a millisecond or so.
   *
   * @returns whether it is done for now; otherwise the time was spent.
   */
  refresh(isSpent: () => boolean = () => false): boolean {
    const nowMs = this.#nowMs()
    this.#units.expire(nowMs)
    return this.#refresher.work({ nowMs, minInstances: this.#minInstances(), isSpent })
  }

  /** Answers one query from the most specific level that holds enough. */
  predict(query: PredictionQuery): PredictionResponse {
    const nowMs = this.#nowMs()
    this.#units.expire(nowMs)
    const model = this.#units.canonicalModel(query.model)

    const { task_type: taskType, provider, complexity } = query
    const levels = this.#units.levelsOf({ taskType, model, provider, complexity })
    const minInstances = this.#minInstances()
    for (const { rule, level } of candidatesAmong(levels, minInstances)) {
      const published = this.#summaries.of(level, minInstances, nowMs)
      if (published === undefined) continue
      return {
        prediction: published.summary.prediction,
        metadata: metadata(query, model, rule, published),
      }
    }
    return { prediction: null, metadata: noDataMetadata(model) }
  }

  #minInstances(): number {
    const allInstances = this.#units.table.cells.levelAt(ALL_TASKS)?.instances.size ?? 0
    return leastInstances(this.#settings.minInstances, allInstances)
  }
}

/**
 * The levels that hold enough instances, in the order in which they may answer: those with enough events, the most
 * specific first, then the others, those with most events first.
 */
function* candidatesAmong(
  levels: readonly (Level | undefined)[],
  minInstances: number,
): Generator<Candidate, void> {
  const few: Candidate[] = []
  for (const [index, rule] of levelRules.entries()) {
    const level = levels[index]
    if (level === undefined || level.eventCount === 0 || level.instances.size < minInstances) continue
    if (level.eventCount >= ENOUGH_EVENTS) yield { rule, level }
    else few.push({ rule, level })
  }
  yield* few.sort((a, b) => b.level.eventCount - a.level.eventCount)
}

function metadata(
  query: PredictionQuery,
  model: string,
  rule: LevelRule,
  { summary, computedAtMs, isCached }: PublishedSummary,
): PredictionMetadata {
  return {
    sample_size: summary.sampleSize,
    fallback_level: fallbackLevel(rule),
    confidence: confidence(summary.sampleSize, fallbackLevel(rule)),
    last_updated: new Date(computedAtMs).toISOString(),
    dimensions_matched: dimensionsMatched(query, rule),
    fallback_note: rule.note,
    cache_hit: isCached,
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
