import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { databaseFile, openSqliteStore } from '@mosaicstack/telemetry-server'

import { idWriter } from '../ingest/event-ids.ts'
import { INSTANCES, instanceIdOf } from '../ingest/population.ts'
import { openSqliteDatabase, openWriter, packRows } from '../ingest/server-internals.ts'
import { measureCpu } from './measure-cpu.ts'
import type { Stage } from './stages.ts'

type Rows = Parameters<typeof packRows>[0][number]

/** The stages of the writer's thread, on an empty store: rows into the tables, then the transaction to the disk. */
export async function measureWriterStages(groups: readonly (readonly Rows[])[]): Promise<readonly Stage[]> {
  const events = groups.flat().reduce((sum, { count }) => sum + count, 0)
  const durable = await measureInserts(groups, 'FULL')
  const notWaiting = await measureInserts(groups, 'OFF')
  return [
    {
      name: 'insert into the table and its unique key',
      thread: 'writer',
      microsPerEvent: notWaiting / events,
    },
    {
      name: 'wait for the disk (CPU only)',
      thread: 'writer',
      microsPerEvent: Math.max(0, durable - notWaiting) / events,
    },
  ]
}

async function measureInserts(
  groups: readonly (readonly Rows[])[],
  synchronous: 'FULL' | 'OFF',
): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-stages-'))
  const file = databaseFile(dataDir)
  await createInstances(file)
  const database = await openSqliteDatabase(file)
  database.exec(`PRAGMA synchronous = ${synchronous}`)
  const writer = openWriter(database)
  const writeId = idWriter('random')
  const id = Buffer.from('ffffffff-ffff-ffff-ffff-ffffffffffff')
  const renew = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; at += 16) {
      writeId(id, 0)
      bytes.set(Buffer.from(id.toString('latin1').replaceAll('-', ''), 'hex'), at)
    }
  }
  const packed = () =>
    groups.map((rows) => {
      for (const { eventIds } of rows) renew(eventIds)
      return packRows(rows)
    })
  const least = await measureCpu((round) => round.forEach((group) => writer.appendEvents(group)), packed)
  writer.close()
  rmSync(dataDir, { recursive: true })
  return least
}

async function createInstances(file: string): Promise<void> {
  const store = await openSqliteStore(file)
  for (let instance = 0; instance < INSTANCES; instance++) {
    await store.createInstance({ instanceId: instanceIdOf(instance), name: null, createdAtMs: 0 })
  }
  await store.close()
}
