import type { FailureWords } from '@mosaicstack/telemetry-client/describe'

/** Asks what was spent: reads what the importers found in the logs of this machine's coding agents. */
export interface SpendLedger {
  spend(question: SpendQuestion): Promise<Spend>
}

export const spendGroupings = ['day', 'model', 'project'] as const
export type SpendGrouping = (typeof spendGroupings)[number]

export interface SpendQuestion {
  readonly sinceMs: number
  readonly by: SpendGrouping
}

export type Spend =
  /** Nothing was ever imported on this machine. */
  | { readonly kind: 'nothing_imported' }
  | ({ readonly kind: 'unreadable' } & FailureWords)
  | {
      readonly kind: 'spend'
      readonly total: SpendRow
      /** In no order. A task of two days or models is in two rows, and once in the total. */
      readonly rows: readonly SpendRow[]
      /** What the logs are known to lack, such as `subagent_output`. */
      readonly missing: readonly string[]
    }

export interface SpendRow {
  /** A day as `2026-11-21`, a model, or a project's directory. */
  readonly name: string
  readonly tasks: number
  /** Of what has a known price. */
  readonly costUsdMicros: number
  /** Tokens of requests without a known price: what they cost is unknown, not zero. */
  readonly unpricedTokens: number
  /** All input, cached included. */
  readonly inputTokens: number
  readonly outputTokens: number
}
