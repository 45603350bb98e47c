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
  | {
      readonly kind: 'spend'
      /** In no order. */
      readonly rows: readonly SpendRow[]
      /** Whether a source is known to lack something, such as output that a log holds only a placeholder for. */
      readonly isComplete: boolean
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

/** Stands in where no importer is installed. */
export const noLedger: SpendLedger = { spend: () => Promise.resolve({ kind: 'nothing_imported' }) }
