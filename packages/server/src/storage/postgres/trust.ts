import type { Database, Session } from './session.ts'

export async function loadTrust(database: Session): Promise<ReadonlyMap<string, number>> {
  const rows = await database.all(
    'SELECT instance_id, trust FROM instance_trust JOIN instances USING (instance_no)',
  )
  return new Map(rows.map((row) => [String(row['instance_id']), Number(row['trust'])]))
}

/** Replaces everything known. An instance that is not there any more is passed over. */
export function saveTrust(database: Database, trust: ReadonlyMap<string, number>): Promise<void> {
  return database.transaction(async (session) => {
    await session.run('LOCK TABLE instance_trust IN SHARE ROW EXCLUSIVE MODE')
    await session.run('DELETE FROM instance_trust')
    await session.run(
      `INSERT INTO instance_trust (instance_no, trust)
       SELECT instance_no, trust FROM unnest($1::text[], $2::double precision[]) AS input (instance_id, trust)
         JOIN instances USING (instance_id) ORDER BY instance_no FOR KEY SHARE OF instances`,
      [[...trust.keys()], [...trust.values()]],
    )
  })
}
