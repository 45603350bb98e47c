import { latestModel, type Ledger, spend } from '@mosaicstack/telemetry-importers'

import { localDay, writeSpendCache } from './spend-cache.ts'

/** Writes what the status line shows, as the ledger has it now. Best effort: the line says less without it. */
export function renewSpendCache(file: string, ledger: Ledger, nowMs: number): void {
  const midnight = new Date(nowMs)
  midnight.setHours(0, 0, 0, 0)
  const yesterday = new Date(midnight)
  yesterday.setDate(yesterday.getDate() - 1)
  const [today] = spend(ledger, { by: [], fromMs: midnight.getTime() })
  const recent = spend(ledger, { by: ['session'], fromMs: yesterday.getTime() })
  const sessions = recent.flatMap(({ keys: { session } }) =>
    session ? spend(ledger, { by: ['session'], session }) : [],
  )
  try {
    writeSpendCache(file, {
      day: localDay(nowMs),
      today_usd: (today?.cost.knownNanoUsd ?? 0) / 1e9,
      today_is_partial: (today?.cost.unpricedRequests ?? 0) > 0,
      latest_model: latestModel(ledger, 'claude_code') ?? null,
      session_usd: Object.fromEntries(
        sessions.map(({ cost, keys }) => [keys.session ?? '', cost.knownNanoUsd / 1e9]),
      ),
    })
  } catch {
    // A full disk costs a figure on the status line, and no import.
  }
}
