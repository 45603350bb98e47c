import type { StoredUnit } from '../../predictions/units.ts'
import { complexityCodes, providerCodes, taskTypeCodes } from '../enum-codes.ts'
import type { ProjectionVersion, SavedUnits } from '../shared-store.ts'
import type { Database, Session, SqlRow } from './session.ts'
import type { Words } from './words.ts'

const PROJECTION = 'predictions'

type LoadedUnits = SavedUnits & { readonly position: number }

const KEY = 'instance_no, day, task_type, model, provider, complexity'

const SELECT_UNITS = `
  SELECT task_type, model.word AS model, provider, complexity, instance_id, day, samples
    FROM prediction_units AS unit
    JOIN instances USING (instance_no)
    JOIN words AS model ON model.word_no = unit.model`

const SELECT_PROJECTION = 'SELECT position, epoch, version, purged_version FROM projections WHERE name = $1'

/** How many saves later those who read after a save still hear of what it removed: at least a quarter of an hour. */
const REMOVALS_TOLD_FOR_SAVES = 1000

/** All units and their position, which belong together. */
export function loadUnits(database: Database): Promise<LoadedUnits> {
  return database.readTransaction(readUnits)
}

/** Reads inside the caller's transaction. */
export async function readUnits(session: Session): Promise<LoadedUnits> {
  const { position, epoch, version } = await readProjection(session)
  const rows = await session.all(`${SELECT_UNITS} WHERE octet_length(samples) > 0`)
  return { position, epoch, version, units: rows.map(toUnit) }
}

export function unitsSavedSince(
  database: Database,
  known: ProjectionVersion,
): Promise<SavedUnits | undefined> {
  return database.readTransaction(async (session) => {
    const { epoch, version, purgedVersion } = await readProjection(session)
    if (epoch !== known.epoch || known.version < purgedVersion) return undefined
    if (version === known.version) return { epoch, version, units: [] }
    const rows = await session.all(
      `${SELECT_UNITS} WHERE unit.version > $1 ORDER BY octet_length(samples) > 0`,
      [known.version],
    )
    return { epoch, version, units: rows.map(toUnit) }
  })
}

async function readProjection(session: Session) {
  const row = await session.get(SELECT_PROJECTION, [PROJECTION])
  return {
    position: Number(row?.['position']),
    epoch: Number(row?.['epoch']),
    version: Number(row?.['version']),
    purgedVersion: Number(row?.['purged_version']),
  }
}

/** Takes the projection over: from now on only a save that names this epoch succeeds. */
export async function beginEpoch(session: Session): Promise<number> {
  const row = await session.get(
    'UPDATE projections SET epoch = epoch + 1, version = version + 1 WHERE name = $1 RETURNING epoch',
    [PROJECTION],
  )
  return Number(row?.['epoch'])
}

export interface UnitsToSave {
  readonly units: readonly StoredUnit[]
  readonly position: number
  /** Whoever saves without one takes the projection over. */
  readonly epoch: number | undefined
  /** Whether they stand in the place of all there are. */
  readonly isComplete?: boolean
}

/**
 * Replaces units and moves the position, inside the caller's transaction. A unit without samples is removed; one of an
 * instance that was deleted meanwhile is passed over. The row of the projection is locked first, so one process saves at
 * a time.
 *
 * @returns the new version; `undefined` where the epoch is over and nothing was saved.
 */
export async function saveUnits(
  session: Session,
  words: Words,
  { units, position, epoch, isComplete = false }: UnitsToSave,
): Promise<number | undefined> {
  const numbers = await words.numbersOf(units.map(({ model }) => model))
  const moved = await session.get(
    `UPDATE projections SET position = $2, version = version + 1, epoch = epoch + CASE WHEN $3::bigint IS NULL THEN 1 ELSE 0 END
      WHERE name = $1 AND epoch = coalesce($3, epoch) RETURNING version`,
    [PROJECTION, position, epoch ?? null],
  )
  if (moved === undefined) return undefined

  const version = Number(moved['version'])
  if (isComplete) await session.run('DELETE FROM prediction_units')
  if (isComplete) await session.run('DELETE FROM saved_states')
  const kept = units.filter(({ samples }) => samples.length > 0)
  const removed = units.filter(({ samples }) => samples.length === 0)
  for (const part of partsOf(kept)) {
    await session.run(UPSERT, [...keyArrays(part, numbers), part.map(({ samples }) => samples), version])
  }
  if (removed.length > 0) await session.run(REMOVE, [...keyArrays(removed, numbers), version])
  if (version % REMOVALS_TOLD_FOR_SAVES === 0) await purgeRemoved(session, version - REMOVALS_TOLD_FOR_SAVES)
  return version
}

async function purgeRemoved(session: Session, version: number): Promise<void> {
  await session.run('DELETE FROM prediction_units WHERE octet_length(samples) = 0 AND version <= $1', [
    version,
  ])
  await session.run('UPDATE projections SET purged_version = $2 WHERE name = $1', [PROJECTION, version])
}

/** Units in one statement: their samples may be some kilobytes each. */
const UNITS_AT_ONCE = 1000

function partsOf(units: readonly StoredUnit[]): readonly (readonly StoredUnit[])[] {
  const parts = Math.ceil(units.length / UNITS_AT_ONCE)
  return Array.from({ length: parts }, (_, part) =>
    units.slice(part * UNITS_AT_ONCE, (part + 1) * UNITS_AT_ONCE),
  )
}

const KEY_ARRAYS = '$1::text[], $2::integer[], $3::smallint[], $4::integer[], $5::smallint[], $6::smallint[]'
const UPSERT = `
  INSERT INTO prediction_units (${KEY}, samples, version)
  SELECT ${KEY}, samples, $8
    FROM unnest(${KEY_ARRAYS}, $7::bytea[]) AS input (instance_id, day, task_type, model, provider, complexity, samples)
    LEFT JOIN instances USING (instance_id)
   WHERE instance_no IS NOT NULL OR NOT EXISTS (
     SELECT 1 FROM deleted_instances WHERE instance_id_sha256 = sha256(convert_to(instance_id, 'UTF8')))
  ON CONFLICT (${KEY}) DO UPDATE SET samples = excluded.samples, version = excluded.version`
/** What is removed is told to others by a row without samples, and purged later. */
const REMOVE = `
  UPDATE prediction_units SET samples = '', version = $7 FROM (
    SELECT ${KEY} FROM unnest(${KEY_ARRAYS}) AS input (instance_id, day, task_type, model, provider, complexity)
      JOIN instances USING (instance_id)
  ) AS gone
  WHERE (${columnsOf('prediction_units')}) = (${columnsOf('gone')})`

function columnsOf(table: string): string {
  return KEY.split(', ')
    .map((column) => `${table}.${column}`)
    .join(', ')
}

function keyArrays(units: readonly StoredUnit[], numbers: ReadonlyMap<string, number>) {
  return [
    units.map(({ instanceId }) => instanceId),
    units.map(({ day }) => day),
    units.map(({ taskType }) => taskTypeCodes.encode(taskType)),
    units.map(({ model }) => numbers.get(model) ?? null),
    units.map(({ provider }) => providerCodes.encode(provider)),
    units.map(({ complexity }) => complexityCodes.encode(complexity)),
  ]
}

function toUnit(row: SqlRow): StoredUnit {
  return {
    taskType: taskTypeCodes.decode(Number(row['task_type'])),
    model: String(row['model']),
    provider: providerCodes.decode(Number(row['provider'])),
    complexity: complexityCodes.decode(Number(row['complexity'])),
    instanceId: String(row['instance_id']),
    day: Number(row['day']),
    samples: row['samples'] as Uint8Array,
  }
}
