/**
 * Claude Code before 2.1.3 leaves only placeholders of the output in a subagent's log, but its parent notes the usage of
 * the subagent's last request. That count replaces the placeholder of that one request and of no other.
 */
import type { SqliteDriver, SqliteRow, SqliteStatement } from '../ledger/sqlite-driver.ts'
import { chooseCost, readCosts } from '../ledger/request-rows.ts'
import type { PriceTable } from '../pricing/price-table.ts'
import { readRequest } from './request-view.ts'

export class SubagentRepair {
  readonly #ends: SqliteStatement
  readonly #last: SqliteStatement
  readonly #stale: SqliteStatement
  readonly #store: SqliteStatement
  readonly #prices: PriceTable

  constructor(database: SqliteDriver, prices: PriceTable) {
    this.#prices = prices
    const select = `SELECT r.*, m.model, m.provider FROM requests r
      JOIN prompts p USING (prompt_no) JOIN models m USING (model_no)
      WHERE p.session_no = ? AND r.subagent = ?`
    this.#ends = database.prepare('SELECT subagent, output FROM subagent_ends WHERE session_no = ?')
    this.#last = database.prepare(`${select} ORDER BY r.at_ms DESC, r.request_key DESC LIMIT 1`)
    this.#stale = database.prepare(`${select} AND r.repaired_output IS NOT NULL AND r.request_no <> ?`)
    this.#store = database.prepare(
      'UPDATE requests SET repaired_output = ?, cost_nano_usd = ?, cost_source = ? WHERE request_no = ?',
    )
  }

  repair(sessionNo: number): void {
    for (const end of this.#ends.all(sessionNo)) {
      const subagent = String(end['subagent'])
      const last = this.#last.get(sessionNo, subagent)
      if (last === undefined) continue
      // The subagent went on: what was its last request then was not the last.
      for (const row of this.#stale.all(sessionNo, subagent, Number(last['request_no']))) this.#set(row, null)
      const output = Number(end['output'])
      const needsRepair = last['is_output_partial'] === 1 && output > Number(last['output'])
      this.#set(last, needsRepair ? output : null)
    }
  }

  #set(row: SqliteRow, output: number | null): void {
    if (row['repaired_output'] === output) return
    const request = readRequest({ ...row, repaired_output: output })
    const cost = chooseCost(readCosts(row), () => this.#prices.priceNanoUsd(request))
    this.#store.run(output, cost.nanoUsd, cost.source, request.requestNo)
  }
}
