import type { StoredUnit } from '../../predictions/units.ts'
import { complexityCodes, providerCodes, taskTypeCodes } from '../enum-codes.ts'
import type { SqliteDriver, SqliteRow } from './driver.ts'
import { readTransaction, transaction } from './transaction.ts'
import type { Words } from './words.ts'

const PROJECTION = 'predictions'

export function loadUnits(database: SqliteDriver): { units: readonly StoredUnit[]; position: number } {
  // One state, so that the units and the position belong together while the writer goes on.
  return readTransaction(database, () => ({
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
  }))
}

/** Replaces units and moves the position, in one transaction. A unit without samples is removed. */
export function openUnitSaver(
  database: SqliteDriver,
  words: Words,
): (units: readonly StoredUnit[], position: number) => void {
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

  return (units, position) =>
    transaction(database, () => {
      for (const unit of units) {
        const key = [
          taskTypeCodes.encode(unit.taskType),
          words.numberOf(unit.model),
          providerCodes.encode(unit.provider),
          complexityCodes.encode(unit.complexity),
          Number(instance.get(unit.instanceId)?.['instance_no']),
          unit.day,
        ]
        if (unit.samples.length === 0) remove.run(...key)
        else upsert.run(...key, unit.samples)
      }
      move.run(PROJECTION, position)
    })
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
