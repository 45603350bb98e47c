import { expect, it } from 'vitest'

import { openPostgresStore } from '../storage/postgres/postgres-store.ts'
import type { SharedStore } from '../storage/shared-store.ts'
import { rowsOf } from '../testing/an-event.ts'
import { aQuery, DAY_MS, NOW_MS } from '../testing/an-observation.ts'
import { createInstance } from '../testing/engines.ts'
import { aPostgresDatabase, withClient } from '../testing/postgres-database.ts'
import { Predictor } from './predictor.ts'
import { Projector } from './projector.ts'
import { SharedProjection } from './shared-projection.ts'
import { Units } from './units.ts'

const WINDOW_MS = 90 * DAY_MS

it('lets one process lead, and the others know what it has folded', async () => {
  await using cluster = await someProcesses(3)
  const { processes, append } = cluster
  await append(processes[1]!, numbers(1, 7))

  await checkpointAll(cluster)
  await checkpointAll(cluster)

  expect(processes.map(({ projection }) => projection.isLeading)).toEqual([true, false, false])
  expect(processes.map(({ sampleSize }) => sampleSize())).toEqual([7, 7, 7])
})

it('lets a follower take over when the leader resigns, and counts each event once', async () => {
  await using cluster = await someProcesses(2)
  const [first, second] = cluster.processes as [Process, Process]
  await cluster.append(first, numbers(1, 5))
  await checkpointAll(cluster)
  await cluster.append(second, numbers(4, 9))
  await first.projection.end()

  await second.projection.checkpoint(NOW_MS)
  await first.projection.checkpoint(NOW_MS)

  expect([first.projection.isLeading, second.projection.isLeading]).toEqual([false, true])
  expect([first.sampleSize(), second.sampleSize()]).toEqual([9, 9])
  expect(await savedUnits(first.store)).toEqual(await rebuiltUnits(first.store))
})

it('takes over from a leader whose session PostgreSQL has ended, which then drops what it had not saved', async () => {
  await using cluster = await someProcesses(2)
  const [first, second] = cluster.processes as [Process, Process]
  await cluster.append(first, numbers(1, 5))
  await checkpointAll(cluster)
  await withClient(cluster.url, (client) =>
    client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    ),
  )
  await cluster.append(first, numbers(6, 8))

  await second.projection.checkpoint(NOW_MS)
  await expect.poll(() => leadsAfterCheckpoint(first)).toBe(false)

  expect(second.projection.isLeading).toBe(true)
  expect([first.sampleSize(), second.sampleSize()]).toEqual([8, 8])
})

it('saves nothing of a process that believes to lead while another one has begun a new epoch', async () => {
  await using cluster = await someProcesses(1)
  const [first] = cluster.processes as [Process]
  await cluster.append(first, numbers(1, 5))
  await first.projection.checkpoint(NOW_MS)
  // As a rebuild does, beside the servers.
  await first.store.replaceUnits([], 0)
  await cluster.append(first, numbers(6, 8))

  await first.projection.checkpoint(NOW_MS)
  const afterLosing = { units: (await first.store.loadUnits()).units, sampleSize: first.sampleSize() }
  await first.projection.checkpoint(NOW_MS)

  expect(afterLosing).toEqual({ units: [], sampleSize: 0 })
  expect(first.sampleSize()).toBe(8)
  expect(await savedUnits(first.store)).toEqual(await rebuiltUnits(first.store))
})

it('drops in every process what leaves the window, and saves it once', async () => {
  await using cluster = await someProcesses(2)
  const [first, second] = cluster.processes as [Process, Process]
  await cluster.append(first, numbers(1, 5))
  await checkpointAll(cluster)
  await checkpointAll(cluster)

  const later = NOW_MS + WINDOW_MS + DAY_MS
  await second.projection.checkpoint(later)
  await first.projection.checkpoint(later)
  await second.projection.checkpoint(later)

  expect([first.sampleSize(later), second.sampleSize(later)]).toEqual([0, 0])
  expect((await second.store.loadUnits()).units).toEqual([])
})

it('follows the leader where days of a closed week become one unit, and counts each event once', async () => {
  await using cluster = await someProcesses(2)
  const [first, second] = cluster.processes as [Process, Process]
  await cluster.append(first, numbers(1, 5))
  await cluster.append(first, numbers(6, 9), NOW_MS - DAY_MS)
  await checkpointAll(cluster)
  const days = (await first.store.loadUnits()).units.length
  const later = NOW_MS + 30 * DAY_MS

  await first.projection.checkpoint(later)
  first.units.mergeWeeks()
  await first.projection.checkpoint(later)
  await second.projection.checkpoint(later)

  expect([days, (await first.store.loadUnits()).units.length]).toEqual([2, 1])
  expect([first.sampleSize(later), second.sampleSize(later)]).toEqual([9, 9])
})

it('goes on where the database was away, and counts each event once', async () => {
  await using cluster = await someProcesses(2)
  const [first, second] = cluster.processes as [Process, Process]
  await cluster.append(first, numbers(1, 5))
  await checkpointAll(cluster)
  await withClient(cluster.url, (client) =>
    client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    ),
  )

  await expect
    .poll(async () => {
      await checkpointAll(cluster).catch(() => {})
      return [first, second].filter(({ projection }) => projection.isLeading).length
    })
    .toBe(1)
  await cluster.append(second, numbers(5, 9))
  await checkpointAll(cluster)
  await checkpointAll(cluster)

  expect([first.sampleSize(), second.sampleSize()]).toEqual([9, 9])
  expect(await savedUnits(first.store)).toEqual(await rebuiltUnits(first.store))
})

interface Process {
  readonly store: SharedStore
  readonly projection: SharedProjection
  readonly units: Units
  sampleSize(nowMs?: number): number
}

/** What several server processes hold of one database. */
async function someProcesses(count: number) {
  const url = await aPostgresDatabase()
  const processes: Process[] = []
  for (let number = 0; number < count; number++) {
    const store = await openPostgresStore(url)
    const units = new Units({ windowMs: WINDOW_MS })
    const projection = new SharedProjection(store, units)
    await projection.start(NOW_MS)
    processes.push({
      store,
      projection,
      units,
      sampleSize: (nowMs = NOW_MS) =>
        new Predictor(units, { minInstances: 1 }, () => nowMs).predict(aQuery).metadata.sample_size,
    })
  }
  const sender = await createInstance(processes[0]!.store, 0)
  return {
    url,
    processes,
    async append({ store, projection }: Process, events: readonly number[], receivedAtMs = NOW_MS) {
      const requests = [rowsOf(sender, events, {}, receivedAtMs)]
      const outcome = await store.appendEvents(requests)
      if (outcome.kind !== 'stored') throw new Error(outcome.cause)
      projection.fold()
    },
    async [Symbol.asyncDispose]() {
      for (const { store, projection } of processes) {
        await projection.end()
        await store.close()
      }
    },
  }
}

async function checkpointAll({ processes }: { readonly processes: readonly Process[] }): Promise<void> {
  for (const { projection } of processes) await projection.checkpoint(NOW_MS)
}

async function leadsAfterCheckpoint({ projection }: Process): Promise<boolean> {
  await projection.checkpoint(NOW_MS).catch(() => {})
  return projection.isLeading
}

async function savedUnits(store: SharedStore): Promise<readonly string[]> {
  return plain((await store.loadUnits()).units)
}

async function rebuiltUnits(store: SharedStore): Promise<readonly string[]> {
  const units = new Units({ windowMs: WINDOW_MS })
  const { observationsAfter } = store
  await new Projector({ observationsAfter, loadUnits: noUnits, saveUnits: async () => {} }, units).start(
    NOW_MS,
  )
  return plain(units.takeDirty())
}

async function noUnits() {
  return { units: [], position: 0 }
}

function plain(units: readonly { readonly samples: Uint8Array }[]): readonly string[] {
  return units.map((unit) => JSON.stringify({ ...unit, samples: [...unit.samples] }, KEYS)).sort()
}

const KEYS = ['taskType', 'model', 'provider', 'complexity', 'instanceId', 'day', 'samples']

function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
