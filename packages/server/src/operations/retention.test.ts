import { describe, expect, it } from 'vitest'

import { resolveConfig } from '../config/resolve-config.ts'
import { databaseFile } from '../local-files.ts'
import { rebuildProjection, verifyUnits } from '../predictions/rebuild.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import { anEvent, rowsOf } from '../testing/an-event.ts'
import { DAY_MS, NOW_MS } from '../testing/an-observation.ts'
import { aServer } from '../testing/a-server.ts'
import { createInstance } from '../testing/engines.ts'
import { aTempDir } from '../testing/temp-dir.ts'
import { prune } from './prune.ts'
import { dueForPruning } from './retention.ts'

const FOR_EVER = { retentionDays: 0, runRetentionDays: 0, windowDays: 90 }

describe('what is too old', () => {
  it('is nothing by default', () => {
    const { retentionDays, runRetentionDays } = resolveConfig({}, {})

    expect([retentionDays, runRetentionDays]).toEqual([0, 0])
    expect(Object.values(dueForPruning(FOR_EVER, NOW_MS)).filter((ms) => ms !== undefined)).toEqual([])
  })

  it('is what is older than its days, for events and runs apart', () => {
    const due = dueForPruning({ retentionDays: 180, runRetentionDays: 30, windowDays: 90 }, NOW_MS)

    expect(due).toEqual({
      events: NOW_MS - 180 * DAY_MS,
      otlp: NOW_MS - 180 * DAY_MS,
      runs: NOW_MS - 30 * DAY_MS,
    })
  })

  it('is refused where it would take from predictions', () => {
    const resolved = resolveConfig({ retentionDays: '31', windowDays: '31' }, {})

    expect(resolved.retentionDays).toBe(31)
    expect(() => resolveConfig({ retentionDays: '30', windowDays: '31' }, {})).toThrow(
      '--retention-days: 30 would delete events that predictions are made from; keep 31 days or more, or lower --window-days',
    )
  })

  it('leaves predictions as they are, to the byte, also where weeks are kept as sketches', async () => {
    using directory = aTempDir()
    const store = await openSqliteStore(databaseFile(directory.path))
    const sender = await createInstance(store, 0)
    const days = Array.from({ length: 20 }, (_, index) => 80 + index)
    for (const day of days) {
      const ids = Array.from({ length: 200 }, (_, index) => day * 1000 + index)
      await store.appendEvents([rowsOf(sender, ids, {}, NOW_MS - day * DAY_MS)])
    }
    const settings = { windowMs: 90 * DAY_MS, nowMs: NOW_MS }
    await rebuildProjection(store, settings)

    const { events } = await prune(store, dueForPruning({ ...FOR_EVER, retentionDays: 90 }, NOW_MS))
    const differences = (await verifyUnits(store, settings)).differences
    await prune(store, { events: NOW_MS - 90 * DAY_MS })
    const tooFar = (await verifyUnits(store, settings)).differences

    await store.close()
    expect(events).toBe(400)
    expect(differences).toEqual([])
    expect(tooFar.length).toBeGreaterThan(0) // the week of grace is needed
  })
})

describe('a server', () => {
  it('deletes what is too old by itself, counts it, and goes on knowing it', async () => {
    await using server = await aServer({ retentionDays: 90, runRetentionDays: 1, prunePauseMs: 100 })
    const event = anEvent({ event_id: '00000000-0000-7000-8000-000000000001' })
    await server.post('/v1/events/batch', { events: [event] })
    await server.post('/v1/events', anEvent())
    server.clock.nowMs += 98 * DAY_MS
    await server.post('/v1/events', anEvent())

    await expect.poll(() => server.metric('mosaic_pruned_total{kind="events"}'), { timeout: 10_000 }).toBe(2)
    const again = await server.post('/v1/events/batch', { events: [event] })

    expect(again.body.results[0]).toMatchObject({ status: 'rejected', code: 'duplicate' })
    expect(await server.metric('mosaic_pruned_total{kind="runs"}')).toBe(0)
  })
})
