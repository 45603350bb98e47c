import { instanceIdHash } from '../instance-id-hash.ts'
import type { Instance, NewInstance } from '../store.ts'
import { lockDeletions } from './deletions.ts'
import type { Database, Session, SqlRow } from './session.ts'

const SELECT = `
  SELECT instance_no, instance_id, name, created_at_ms, coalesce(trust, 1) AS trust
    FROM instances LEFT JOIN instance_trust USING (instance_no)`

export function createInstance(database: Database, instance: NewInstance): Promise<Instance | undefined> {
  return database.transaction(async (session) => {
    await lockDeletions(session)
    const row = await session.get(
      `INSERT INTO instances (instance_id, name, created_at_ms)
       SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM deleted_instances WHERE instance_id_sha256 = $4)
       ON CONFLICT DO NOTHING
       RETURNING instance_no, instance_id, name, created_at_ms, 1 AS trust`,
      [instance.instanceId, instance.name, instance.createdAtMs, instanceIdHash(instance.instanceId)],
    )
    return row && toInstance(row)
  })
}

export async function listInstances(database: Session): Promise<readonly Instance[]> {
  return (await database.all(`${SELECT} ORDER BY instance_no`)).map(toInstance)
}

export async function findInstance(database: Session, instanceId: string): Promise<Instance | undefined> {
  const row = await database.get(`${SELECT} WHERE instance_id = $1`, [instanceId])
  return row && toInstance(row)
}

function toInstance(row: SqlRow): Instance {
  return {
    instanceNo: Number(row['instance_no']),
    instanceId: String(row['instance_id']),
    name: row['name'] as string | null,
    createdAtMs: Number(row['created_at_ms']),
    trust: Number(row['trust']),
  }
}
