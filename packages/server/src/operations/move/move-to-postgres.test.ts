import { readFileSync } from 'node:fs'

import { afterEach, describe, expect, it } from 'vitest'

import { databaseFile } from '../../local-files.ts'
import { rebuildProjection, verifyUnits } from '../../predictions/rebuild.ts'
import { openPostgresStore } from '../../storage/postgres/postgres-store.ts'
import { toRunValues } from '../../storage/run-rows.ts'
import { lockForServer } from '../../storage/sqlite/single-server-lock.ts'
import { openSqliteStore } from '../../storage/sqlite/sqlite-store.ts'
import { AppendedRow, type Store } from '../../storage/store.ts'
import { aRun } from '../../testing/a-run.ts'
import { rowsOf } from '../../testing/an-event.ts'
import { DAY_MS, NOW_MS } from '../../testing/an-observation.ts'
import { anOtlpBatch, anOtlpRequest, keyOf } from '../../testing/an-otlp-batch.ts'
import { runChild } from '../../testing/child-process.ts'
import { createInstance } from '../../testing/engines.ts'
import { openRaw } from '../../testing/look-into.ts'
import { aPostgresDatabase, withClient } from '../../testing/postgres-database.ts'
import { aTempDir } from '../../testing/temp-dir.ts'
import { prune } from '../prune.ts'
import { moveToPostgres } from './move-to-postgres.ts'
import { MOVED_TABLES, NOT_MOVED } from './moved-tables.ts'

const WINDOW = { windowMs: 90 * DAY_MS, nowMs: NOW_MS }

const open: Store[] = []
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})

it('names every table of the store, and takes all of its columns', async () => {
  using directory = aTempDir()
  await (await openSqliteStore(databaseFile(directory.path))).close()
  using database = await openRaw(databaseFile(directory.path))

  const tables = database.prepare(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`,
  )

  expect([...MOVED_TABLES.map(({ name }) => name), ...NOT_MOVED].sort()).toEqual(
    tables
      .all()
      .map(({ name }) => name)
      .sort(),
  )
})

describe('a moved store', () => {
  it('answers as the old one does, knows every event, and goes on behind its numbers', async () => {
    using directory = aTempDir()
    const file = await aFullStore(directory.path)
    const url = await aPostgresDatabase('empty')
    const before = readFileSync(file)

    const moved = await moveToPostgres(file, url)

    expect(readFileSync(file).equals(before)).toBe(true)
    expect(moved.every(({ checksum }) => /^[0-9a-f]{32}$/.test(checksum))).toBe(true)
    expect(moved.filter(({ rows }) => rows === 0).map(({ table }) => table)).toEqual([])
    const [here, there] = [await opened(openSqliteStore(file)), await opened(openPostgresStore(url))]
    expect(await answersOf(there)).toEqual(await answersOf(here))
    expect((await verifyUnits(there, WINDOW)).differences).toEqual([])

    const [sender] = await there.listInstances()
    const again = await there.appendEvents([rowsOf(sender!, [0, 1, 4999, 9000, 9001])])
    const { STORED, STORED_BEFORE } = AppendedRow
    expect(again).toMatchObject({
      requests: [new Uint8Array([STORED_BEFORE, STORED_BEFORE, STORED_BEFORE, STORED_BEFORE, STORED])],
    })
    const created = await createInstance(there, 7)
    expect(created.instanceNo).toBe(4) // 3 was deleted
    expect((await there.observationsAfter(0, 100_000)).at(-1)?.position).toBeGreaterThan(5002)
  })

  it('is whole after kill -9 in the middle, as often as it takes, and no server starts on half of it', async () => {
    using directory = aTempDir()
    const file = await aFullStore(directory.path)
    const url = await aPostgresDatabase('empty')
    const done: number[] = []

    for (let kill = 0; kill < 2; kill++) {
      const child = runChild({ file, url }, MOVING_ONE_STEP)
      await child.said('reached')
      child.process.kill('SIGKILL')
      await child.ended
      done.push(
        await withClient(url, async (client) => {
          const { rows: found } = await client.query('SELECT count(*)::int AS n FROM mosaic_telemetry.events')
          return Number(found[0].n)
        }),
      )
      await expect(openPostgresStore(url)).rejects.toMatchObject({ code: 'STORE_UNFIT' })
    }
    await moveToPostgres(file, url)

    expect(done).toEqual([2000, 4000])
    const [here, there] = [await opened(openSqliteStore(file)), await opened(openPostgresStore(url))]
    expect(await answersOf(there)).toEqual(await answersOf(here))
  })

  it('is refused where the target holds data, is used by a server, or belongs to the move of another store', async () => {
    using directory = aTempDir()
    const file = await aStoreWithEvents(directory.path, [1])
    const [filled, used, begun] = [
      await aPostgresDatabase(),
      await aPostgresDatabase(),
      await aPostgresDatabase(),
    ]
    const store = await openPostgresStore(filled)
    await createInstance(store, 0)
    await store.close()
    await opened(openPostgresStore(used)).then((server) => server.listInstances())
    await withClient(begun, (client) =>
      client.query(
        `CREATE TABLE mosaic_telemetry.move_progress (table_name text PRIMARY KEY, last_key text NOT NULL);
         INSERT INTO mosaic_telemetry.move_progress VALUES ('', 'another')`,
      ),
    )

    const messages: string[] = []
    for (const url of [filled, used, begun]) {
      await moveToPostgres(file, url).catch((error: Error) => messages.push(error.message))
    }

    expect(messages).toEqual([
      'the target database holds data already: instances',
      'a server is running on the target database',
      'the move of another store into this database has begun',
    ])
  })

  it('is refused while a server runs on the old one, and where the old one has changed meanwhile', async () => {
    using directory = aTempDir()
    const file = await aStoreWithEvents(directory.path, [1, 2])
    const url = await aPostgresDatabase()
    const unlock = await lockForServer(file)

    await expect(moveToPostgres(file, url)).rejects.toMatchObject({ code: 'STORE_IN_USE' })
    unlock()
    const failing = moveToPostgres(file, url, ({ step }) => {
      if (step === 'check') throw new Error('ended')
    })
    await expect(failing).rejects.toThrow('ended')
    {
      using database = await openRaw(file)
      database.exec('UPDATE events SET retry_count = retry_count + 1 WHERE position = 1')
    }

    await expect(moveToPostgres(file, url)).rejects.toMatchObject({
      code: 'MOVE_DIFFERS',
      message: expect.stringMatching(/^events has 2 rows/),
    })
  })
})

/** Stands still after its first step with events; its parent kills it there. */
const MOVING_ONE_STEP = `
  const { moveToPostgres } = await import(${JSON.stringify(new URL('../../../dist/operations/index.js', import.meta.url).href)})
  await moveToPostgres(given.file, given.url, ({ table, rows }) => {
    if (table !== 'events' || rows === 0) return
    process.stdout.write('reached')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`

async function opened(opening: Promise<Store>): Promise<Store> {
  const store = await opening
  open.push(store)
  return store
}

/** What both stores must say alike. */
async function answersOf(store: Store) {
  const [sender] = await store.listInstances()
  const instanceNo = sender!.instanceNo
  const runs = await store.listRuns({ limit: 100, offset: 0 })
  const units = (await store.loadUnits()).units.map(({ samples, ...key }) => [
    JSON.stringify(key, Object.keys(key).sort()),
    Buffer.from(samples).toString('hex'),
  ])
  const state = await store.loadState('forecast_learner')
  return {
    instances: await store.listInstances(),
    keys: (await store.keysChangedSince(0)).map(({ sha256, ...key }) => [
      key,
      Buffer.from(sha256).toString('hex'),
    ]),
    deletions: (await store.deletionsAfter(0)).map(({ deletionNo }) => deletionNo),
    events: await store.eventsAfter(0, 100_000),
    units: units.sort(),
    position: (await store.loadUnits()).position,
    state: [state?.position, Buffer.from(state?.bytes ?? []).toString('hex')],
    runs: runs.map((run) => ({ ...run })),
    timelines: await Promise.all(runs.map((run) => store.listRunEvents(run.event_id))),
    runCounts: await store.countRuns(0),
    sessions: await store.listOtlpSessions({ instanceNo, afterSessionNo: 0, limit: 10 }),
    requests: await store.listOtlpRequests({ instanceNo, sessionId: 'session', afterPosition: 0, limit: 10 }),
  }
}

/** A store with something in every table. */
async function aFullStore(directory: string): Promise<string> {
  const file = await aStoreWithEvents(
    directory,
    Array.from({ length: 5000 }, (_, number) => number),
  )
  const store = await openSqliteStore(file)
  const [sender] = await store.listInstances()
  const instanceNo = sender!.instanceNo
  const [, gone] = [await createInstance(store, 1), await createInstance(store, 2)]
  const old = [rowsOf(sender!, [9000], { language: 'Œuvre "x"\n', model: 'm\\o' }, NOW_MS - 200 * DAY_MS)]
  await store.appendEvents([...old, rowsOf(sender!, [5000], { context_utilization_final: 0.1 + 0.2 })])
  await prune(store, { events: NOW_MS - 100 * DAY_MS })
  await store.createKey({ ...A_KEY, instanceNo })
  await store.deleteInstance(gone.instanceId, NOW_MS)
  await store.saveTrust(new Map([[sender!.instanceId, 0.1]]))
  await rebuildProjection(store, WINDOW)
  await store.saveState('forecast_learner', {
    position: 5,
    deletionNo: 1,
    bytes: new Uint8Array([0, 1, 255]),
  })
  await store.foldRollups(100_000)
  const at = { createdAtUs: NOW_MS * 1000, startTimeUs: NOW_MS * 1000, updatedAtUs: NOW_MS * 1000 }
  const values = toRunValues(aRun({ context_json: { a: ['\\x00', 'ü'] } }), new Date(NOW_MS).toISOString())
  const step = { eventId: null, eventType: 'step', timestamp: 'now', timestampUs: 7, payload: '{"n": 1}' }
  await store.writeRuns([
    [{ kind: 'create', values, ...at, onRepeat: 'keep' }],
    [{ kind: 'timeline', eventId: 'event-1', events: [step, step], updatedAtUs: NOW_MS * 1000 }],
  ])
  const point = {
    sessionId: 'session',
    type: 'cost_usd',
    streamKey: keyOf('a'),
    startUs: 0,
    endUs: 5,
    value: 0.1,
  } as const
  const mark = { sessionId: 'session', kind: 'prompt', promptId: 'prompt', atMs: 5, sequence: 1 } as const
  await store.appendOtlp([
    anOtlpBatch({ instanceNo, requests: [anOtlpRequest({})], marks: [mark], points: [point] }),
  ])
  await store.settleOtlp({ sessionNo: 1, positions: [1], promptIds: ['prompt'] })
  await store.close()
  return file
}

const A_KEY = {
  keyId: 'a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d',
  sha256: new Uint8Array(32).fill(7),
  prefix: 'mt_abc',
  label: null,
  createdAtMs: NOW_MS,
  expiresAtMs: null,
}

async function aStoreWithEvents(directory: string, numbers: readonly number[]): Promise<string> {
  const file = databaseFile(directory)
  const store = await openSqliteStore(file)
  await store.appendEvents([rowsOf(await createInstance(store, 0), numbers)])
  await store.close()
  return file
}
