import type { Report } from '../delivery/error-reporter.ts'
import { type Deferred, deferred } from '../delivery/deferred.ts'
import type { JsonHttp } from '../delivery/json-http.ts'
import { meaningOf } from '../delivery/retry-table.ts'
import { foreignAnswerError, statusError } from '../delivery/status-error.ts'
import { MAX_QUERIES_PER_BATCH, type PredictionQuery, type PredictionResponse } from '../protocol/index.ts'
import { queryKey } from './query-key.ts'

interface Waiting {
  readonly query: PredictionQuery
  readonly answer: Deferred<PredictionResponse | null>
}

/**
 * Fetches predictions: queries of the same tick go out together, a query already on its way is not asked twice.
 * A failed request is reported once and answers null; predictions are a convenience, so nothing is tried again.
 */
export class PredictionFetcher {
  readonly #http: JsonHttp
  readonly #report: Report
  readonly #signal: () => AbortSignal
  readonly #inFlight = new Map<string, Waiting>()
  #nextRequest: Waiting[] = []

  constructor(http: JsonHttp, report: Report, signal: () => AbortSignal) {
    this.#http = http
    this.#report = report
    this.#signal = signal
  }

  /** The answer to a valid query, or null; never rejects. */
  fetch(query: PredictionQuery): Promise<PredictionResponse | null> {
    const key = queryKey(query)
    const known = this.#inFlight.get(key)
    if (known !== undefined) return known.answer.promise

    const waiting: Waiting = { query, answer: deferred() }
    this.#inFlight.set(key, waiting)
    if (this.#nextRequest.length === 0) queueMicrotask(() => this.#sendAll())
    this.#nextRequest.push(waiting)
    return waiting.answer.promise
  }

  #sendAll(): void {
    const all = this.#nextRequest
    this.#nextRequest = []
    for (let from = 0; from < all.length; from += MAX_QUERIES_PER_BATCH) {
      void this.#send(all.slice(from, from + MAX_QUERIES_PER_BATCH))
    }
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const results = await this.#request(batch.map(({ query }) => query))
    for (const [index, { query, answer }] of batch.entries()) {
      this.#inFlight.delete(queryKey(query))
      answer.resolve(results[index] ?? null)
    }
  }

  async #request(queries: readonly PredictionQuery[]): Promise<readonly PredictionResponse[]> {
    const result = await this.#http.post('/v1/predictions/batch', JSON.stringify({ queries }), this.#signal())
    if (result.kind === 'no_answer') {
      this.#report(result.cause)
      return []
    }
    if (meaningOf(result.status) !== 'taken') {
      this.#report(statusError(result.status, result.body))
      return []
    }
    const results = readResults(result.body, queries.length)
    if (results === undefined) this.#report(foreignAnswerError(result.status))
    return results ?? []
  }
}

/** Answers belong to queries by index alone, so a wrong number of them answers nothing. */
function readResults(body: unknown, count: number): readonly PredictionResponse[] | undefined {
  const results = (body as { readonly results?: unknown } | null | undefined)?.results
  if (!Array.isArray(results) || results.length !== count) return undefined
  return results.every(isPredictionResponse) ? results : undefined
}

function isPredictionResponse(value: unknown): value is PredictionResponse {
  const { prediction, metadata } = (value ?? {}) as Partial<Record<keyof PredictionResponse, unknown>>
  return typeof prediction === 'object' && typeof metadata === 'object' && metadata !== null
}
