import { databaseFile } from '../../packages/server/src/local-files.ts'
import { type StoredUnit, Units } from '../../packages/server/src/predictions/units.ts'
import { openSqliteStore } from '../../packages/server/src/storage/sqlite/sqlite-store.ts'
import { openRaw } from '../../packages/server/src/testing/look-into.ts'

/** The id of every event in the database, one for each row. */
export async function storedEventIds(dataDir: string): Promise<string[]> {
  using database = await openRaw(databaseFile(dataDir))
  return database
    .prepare('SELECT lower(hex(event_id)) AS id FROM events ORDER BY position')
    .all()
    .map(({ id }) => String(id).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
}

/** Every saved prediction unit, and the same made anew from the raw events alone. */
export async function savedAndRebuiltUnits(dataDir: string) {
  const store = await openSqliteStore(databaseFile(dataDir))
  const saved = await store.loadUnits()
  const units = new Units({ windowMs: 90 * 86_400_000 })
  units.expire(Date.now())
  for (const observation of await store.observationsAfter(0, 1_000_000)) units.fold(observation)
  await store.close()
  return { saved: readable(saved.units), rebuilt: readable(units.takeDirty()) }
}

function readable(units: readonly StoredUnit[]): Record<string, string> {
  return Object.fromEntries(
    units.map(({ samples, ...key }) => [
      [key.taskType, key.model, key.provider, key.complexity, key.instanceId, key.day].join(' '),
      Buffer.from(samples).toString('base64'),
    ]),
  )
}
