import type { FiltersAnswer } from '@mosaicstack/telemetry-client/protocol'
import type { ComponentType } from 'preact'

import type { CsvPanel } from '../api/dashboard-api.ts'
import type { Outcome } from '../api/outcome.ts'
import type { Filters } from '../filters/filters.ts'

/** A panel about finished tasks: one question, narrowed by the page's filters. */
export interface Panel<Answer> {
  readonly title: string
  readonly question: string
  readonly csv: CsvPanel
  /** Whether it can be split by a dimension. */
  readonly isSplit: boolean
  load(query: string, signal: AbortSignal): Promise<Outcome<Answer>>
  isEmpty(answer: Answer): boolean
  /** What it says when there is nothing in these days under these filters. */
  readonly empty: string
  readonly Body: ComponentType<BodyProps<Answer>>
}

export interface BodyProps<Answer> {
  readonly answer: Answer
  readonly filters: Filters
}

/** What there is to choose from, undefined until the server has said so. */
export type Known = FiltersAnswer | undefined
