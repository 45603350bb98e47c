import type { StoredUnit } from '../../predictions/units.ts'
import { complexityCodes, providerCodes, taskTypeCodes } from '../enum-codes.ts'
import { instanceIdHash } from '../instance-id-hash.ts'
import type { SqliteDriver, SqliteRow } from './driver.ts'
import { readTransaction, transaction } from './transaction.ts'
import type { Words } from './words.ts'

const PROJECTION = 'predictions'

export interface LoadedUnits {
  readonly units: readonly StoredUnit[]
  readonly position: number
}

/** One state, so that the units and the position belong together while the writer goes on. */
export function loadUnits(database: SqliteDriver): LoadedUnits {
  return readTransaction(database, () => readUnits(database))
}

/** Reads inside the caller's transaction. */
export function readUnits(database: SqliteDriver): LoadedUnits {
  return {
    units: database
      .prepare(
        `SELECT task_type, model.word AS model, provider, complexity, instance_id, day, samples
           FROM prediction_units AS unit
           JOIN instances USING (instance_no)
           JOIN words AS model ON model.word_no = unit.model`,
      )
      .all()
      .map(toUnit),
    position: Number(
      database.prepare('SELECT position FROM projections WHERE name = ?').get(PROJECTION)?.['position'] ?? 0,
    ),
  }
}

export interface UnitSaver {
  /**
   * Replaces units and moves the position, in one transaction. A unit without samples is removed; one of an instance that
   * was deleted meanwhile is passed over.
   */
  save(units: readonly StoredUnit[], position: number): void
  /** Puts these units in the place of all there are. */
  replace(units: readonly StoredUnit[], position: number): void
}

export function openUnitSaver(database: SqliteDriver, words: Words): UnitSaver {
  const KEY = 'task_type, model, provider, complexity, instance_no, day'
  const instance = database.prepare('SELECT instance_no FROM instances WHERE instance_id = ?')
  const upsert = database.prepare(
    `INSERT INTO prediction_units (${KEY}, samples) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET samples = excluded.samples`,
  )
  const remove = database.prepare(`DELETE FROM prediction_units WHERE (${KEY}) = (?, ?, ?, ?, ?, ?)`)
  const move = database.prepare(
    `INSERT INTO projections (name, position) VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position`,
  )

  const deleted = database.prepare('SELECT 1 FROM deleted_instances WHERE instance_id_sha256 = ?')

  const saveUnit = (unit: StoredUnit) => {
    const known = instance.get(unit.instanceId)
    if (known === undefined && deleted.get(instanceIdHash(unit.instanceId)) !== undefined) return
    const key = [
      taskTypeCodes.encode(unit.taskType),
      words.numberOf(unit.model),
      providerCodes.encode(unit.provider),
      complexityCodes.encode(unit.complexity),
      Number(known?.['instance_no']),
      unit.day,
    ]
    if (unit.samples.length === 0) remove.run(...key)
    else upsert.run(...key, unit.samples)
  }
  return {
    save: (units, position) =>
      transaction(database, () => {
        for (const unit of units) saveUnit(unit)
        move.run(PROJECTION, position)
      }),
    replace: (units, position) =>
      transaction(database, () => {
        database.exec('DELETE FROM prediction_units; DELETE FROM saved_states')
        for (const unit of units) saveUnit(unit)
        move.run(PROJECTION, position)
      }),
  }
}

function toUnit(row: SqliteRow): StoredUnit {
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
