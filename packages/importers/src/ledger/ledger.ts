import type { PriceTable } from '../pricing/price-table.ts'
import { bundledPrices } from '../pricing/price-table.ts'
import { TaskBuilder } from '../tasks/build-tasks.ts'
import { FactWriter } from './fact-writer.ts'
import { Names } from './names.ts'
import { openLedgerFile } from './open-ledger-file.ts'
import { RequestRows } from './request-rows.ts'
import type { SqliteDriver } from './sqlite-driver.ts'

/**
 * The memory of the importers: a SQLite file of this user, with what was read from which log, every request once, and
 * the tasks. Read it with the functions of this package; its tables are no interface.
 */
export interface Ledger extends AsyncDisposable {
  readonly path: string
  readonly database: SqliteDriver
  readonly prices: PriceTable
  readonly names: Names
  readonly writer: FactWriter
  readonly tasks: TaskBuilder
  close(): void
}

export interface LedgerOptions {
  readonly path: string
  readonly prices?: PriceTable | undefined
}

/** @throws ImporterError where the file cannot be used. */
export async function openLedger({ path, prices = bundledPrices() }: LedgerOptions): Promise<Ledger> {
  const database = await openLedgerFile(path)
  const names = new Names(database)
  return {
    path,
    database,
    prices,
    names,
    writer: new FactWriter(database, names, new RequestRows(database, names, prices)),
    tasks: new TaskBuilder(database, names, prices),
    close: () => database.close(),
    [Symbol.asyncDispose]: async () => database.close(),
  }
}
