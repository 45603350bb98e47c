import type { SqliteDriver } from './driver.ts'
import { transaction } from './transaction.ts'

export function loadTrust(database: SqliteDriver): ReadonlyMap<string, number> {
  const rows = database.prepare(
    'SELECT instance_id, trust FROM instance_trust JOIN instances USING (instance_no)',
  )
  return new Map(rows.all().map((row) => [String(row['instance_id']), Number(row['trust'])]))
}

/** Replaces everything known. An instance that is not there any more is passed over. */
export function saveTrust(database: SqliteDriver, trust: ReadonlyMap<string, number>): void {
  const insert = database.prepare(
    'INSERT INTO instance_trust (instance_no, trust) SELECT instance_no, ? FROM instances WHERE instance_id = ?',
  )
  transaction(database, () => {
    database.exec('DELETE FROM instance_trust')
    for (const [instanceId, own] of trust) insert.run(own, instanceId)
  })
}
