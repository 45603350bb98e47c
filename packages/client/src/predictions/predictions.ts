import type { Report } from '../delivery/error-reporter.ts'
import {
  describeProblem,
  findQueryProblems,
  type PredictionQuery,
  type PredictionResponse,
} from '../protocol/index.ts'
import { TelemetryError } from '../telemetry-error.ts'
import type { PredictionCache } from './prediction-cache.ts'
import type { PredictionFetcher } from './prediction-fetcher.ts'
import { copyQuery } from './query-key.ts'

/** Predictions from the cache, and from the server where it does not know. Never throws, never rejects. */
export class Predictions {
  readonly #cache: PredictionCache
  readonly #fetcher: PredictionFetcher
  readonly #report: Report

  constructor(cache: PredictionCache, fetcher: PredictionFetcher, report: Report) {
    this.#cache = cache
    this.#fetcher = fetcher
    this.#report = report
  }

  /** From the cache alone. */
  get(query: PredictionQuery): PredictionResponse | null {
    const checked = this.#check(query)
    return checked === undefined ? null : this.#cache.get(checked)
  }

  async predict(query: PredictionQuery): Promise<PredictionResponse | null> {
    const checked = this.#check(query)
    if (checked === undefined) return null
    return this.#cache.get(checked) ?? (await this.#fetchIntoCache(checked))
  }

  /** Asks the server for every query, cached or not. */
  async refresh(queries: readonly PredictionQuery[]): Promise<void> {
    if (!Array.isArray(queries)) return
    const checked = queries.map((query) => this.#check(query)).filter((query) => query !== undefined)
    await Promise.all(checked.map((query) => this.#fetchIntoCache(query)))
  }

  async #fetchIntoCache(query: PredictionQuery): Promise<PredictionResponse | null> {
    const response = await this.#fetcher.fetch(query)
    if (response !== null) this.#cache.put(query, response)
    return response
  }

  /** A copy of a valid query; an invalid one is reported. */
  #check(query: PredictionQuery): PredictionQuery | undefined {
    try {
      const copy = copyQuery(query)
      const problems = findQueryProblems(copy)
      if (problems.length === 0) return copy
      this.#report(invalidQuery(problems.map(describeProblem).join('; ')))
    } catch {
      this.#report(invalidQuery('it cannot be read'))
    }
    return undefined
  }
}

function invalidQuery(problem: string): TelemetryError {
  return new TelemetryError('INVALID_QUERY', `prediction query refused: ${problem}`)
}
