import type { Instance, NewInstance } from '../store.ts'
import type { SqliteDriver, SqliteRow } from './driver.ts'

const SELECT = 'SELECT instance_no, instance_id, name, created_at_ms FROM instances'

export function createInstance(database: SqliteDriver, instance: NewInstance): Instance | undefined {
  const row = database
    .prepare(
      `INSERT INTO instances (instance_id, name, created_at_ms) VALUES (?, ?, ?)
       ON CONFLICT DO NOTHING
       RETURNING instance_no, instance_id, name, created_at_ms`,
    )
    .get(instance.instanceId, instance.name, instance.createdAtMs)
  return row && toInstance(row)
}

export function listInstances(database: SqliteDriver): readonly Instance[] {
  return database.prepare(`${SELECT} ORDER BY instance_no`).all().map(toInstance)
}

export function findInstance(database: SqliteDriver, instanceId: string): Instance | undefined {
  const row = database.prepare(`${SELECT} WHERE instance_id = ?`).get(instanceId)
  return row && toInstance(row)
}

function toInstance(row: SqliteRow): Instance {
  return {
    instanceNo: Number(row['instance_no']),
    instanceId: String(row['instance_id']),
    name: row['name'] as string | null,
    createdAtMs: Number(row['created_at_ms']),
  }
}
