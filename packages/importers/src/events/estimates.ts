import type { Ledger } from '../ledger/ledger.ts'

/** What was predicted for a prompt when it was submitted. */
export interface Estimate {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costUsdMicros: number
  readonly madeAtMs: number
}

/** Keeps a prediction under the agent's id of the prompt; the first one counts. */
export function rememberEstimate(ledger: Ledger, prompt: string, estimate: Estimate): void {
  ledger.database
    .prepare(
      `INSERT INTO estimates (prompt, input_tokens, output_tokens, cost_usd_micros, made_at_ms)
       VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    )
    .run(prompt, estimate.inputTokens, estimate.outputTokens, estimate.costUsdMicros, estimate.madeAtMs)
}

export function estimateFor(ledger: Ledger, prompt: string): Estimate | undefined {
  const row = ledger.database.prepare('SELECT * FROM estimates WHERE prompt = ?').get(prompt)
  if (row === undefined) return undefined
  return {
    inputTokens: Number(row['input_tokens']),
    outputTokens: Number(row['output_tokens']),
    costUsdMicros: Number(row['cost_usd_micros']),
    madeAtMs: Number(row['made_at_ms']),
  }
}
