import type { JsonHttp } from './json-http.ts'
import { meaningOf } from './retry-table.ts'
import { foreignAnswerError, statusError } from './status-error.ts'
import type { Batch, BatchOutcome, Fate, Transport } from './transport.ts'

/** Where a kind of record goes, how a batch is wrapped, and how the answer reads. */
export interface BatchRoute {
  readonly path: string
  wrap(batch: Batch): string
  /** One fate a record, index for index; undefined where the answer is not this API's. */
  readAnswer(body: unknown, count: number): readonly Fate[] | undefined
}

/** Sends a batch as one HTTP request and says what the answer means. */
export function fetchTransport(http: JsonHttp, route: BatchRoute): Transport {
  return {
    async send(batch, signal): Promise<BatchOutcome> {
      const result = await http.post(route.path, route.wrap(batch), signal)
      if (result.kind === 'no_answer') return { kind: 'try_again', afterMs: undefined, cause: result.cause }

      const { status, body } = result
      const meaning = meaningOf(status)
      if (meaning === 'try_again') {
        return { kind: 'try_again', afterMs: result.retryAfterMs, cause: statusError(status, body) }
      }
      if (meaning !== 'taken') return { kind: meaning, cause: statusError(status, body) }

      const fates = route.readAnswer(body, batch.length)
      if (fates === undefined)
        return { kind: 'try_again', afterMs: undefined, cause: foreignAnswerError(status) }
      return { kind: 'answered', fates }
    },
  }
}
