import type { PriceTable } from '../pricing/price-table.ts'
import { readRequest } from '../tasks/request-view.ts'
import type { Ledger } from './ledger.ts'
import { chooseCost, readCosts } from './request-rows.ts'
import { transaction } from './transaction.ts'

export interface RepriceOptions {
  /** Also those that have a price from an older list. Costs that an agent or telemetry told are never changed. */
  readonly all?: boolean | undefined
}

/**
 * Looks up prices again, for requests whose model had none when they were read. Tasks that were sent stay as they were
 * sent: the server keeps the first event.
 *
 * @returns how many requests have another cost now.
 */
export function repriceRequests(ledger: Ledger, { all = false }: RepriceOptions = {}): number {
  const { database, prices, tasks } = ledger
  const condition = all
    ? "r.cost_nano_usd IS NULL OR r.cost_source = 'price_table'"
    : 'r.cost_nano_usd IS NULL'
  const rows = database.prepare(
    `SELECT r.*, p.session_no, m.model, m.provider FROM requests r
     JOIN prompts p USING (prompt_no) JOIN models m USING (model_no) WHERE ${condition}`,
  )
  const update = database.prepare(
    'UPDATE requests SET cost_nano_usd = ?, cost_source = ? WHERE request_no = ?',
  )
  const soil = database.prepare('UPDATE sessions SET is_dirty = 1 WHERE session_no = ?')
  let changed = 0
  transaction(database, () => {
    for (const row of rows.all()) {
      const request = readRequest(row)
      const cost = chooseCost(readCosts(row), () => prices.priceNanoUsd(request))
      if (cost.nanoUsd === request.costNanoUsd) continue
      update.run(cost.nanoUsd, cost.source, request.requestNo)
      soil.run(Number(row['session_no']))
      changed++
    }
    notePrices(ledger)
  })
  tasks.buildChanged()
  return changed
}

/** Prices again what has no price, if the list has changed since the last time. */
export function repriceIfNeeded(ledger: Ledger): number {
  const known = ledger.database.prepare("SELECT value FROM notes WHERE name = 'prices'").get()?.['value']
  if (known === ledger.prices.version) return 0
  return repriceRequests(ledger)
}

function notePrices({ database, prices }: { database: Ledger['database']; prices: PriceTable }): void {
  database
    .prepare(
      "INSERT INTO notes (name, value) VALUES ('prices', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    )
    .run(prices.version)
}
