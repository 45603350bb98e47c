import { instanceIdHash } from '../instance-id-hash.ts'
import type { Instance, NewInstance } from '../store.ts'
import type { SqliteDriver, SqliteRow } from './driver.ts'

const SELECT = `
  SELECT instance_no, instance_id, name, created_at_ms, coalesce(trust, 1) AS trust
    FROM instances LEFT JOIN instance_trust USING (instance_no)`

export function createInstance(database: SqliteDriver, instance: NewInstance): Instance | undefined {
  const row = database
    .prepare(
      `INSERT INTO instances (instance_no, instance_id, name, created_at_ms)
       SELECT 1 + max(
                (SELECT coalesce(max(instance_no), 0) FROM instances),
                (SELECT coalesce(max(instance_no), 0) FROM deleted_instances)), ?, ?, ?
        WHERE NOT EXISTS (SELECT 1 FROM deleted_instances WHERE instance_id_sha256 = ?)
       ON CONFLICT DO NOTHING
       RETURNING instance_no, instance_id, name, created_at_ms, 1 AS trust`,
    )
    .get(instance.instanceId, instance.name, instance.createdAtMs, instanceIdHash(instance.instanceId))
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
    trust: Number(row['trust']),
  }
}
