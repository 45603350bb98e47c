import type { PredictionQuery } from '@mosaicstack/telemetry-client/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation, aQuery, DAY_MS, instance, NOW_MS } from '../testing/an-observation.ts'
import { propertyRuns } from '../testing/property-runs.ts'
import { someObservations } from '../testing/some-observations.ts'
import type { Observation } from './observation.ts'
import { Predictor } from './predictor.ts'
import { type StoredUnit, Units, type UnitsSettings } from './units.ts'
import { unitKey } from './stored-unit.ts'

const windowMs = 90 * DAY_MS

/** A history: events, in an order, saved and restarted in between, while the clock goes on or not. */
const someHistory = someObservations({ maxLength: 80 }).chain((events) =>
  fc.record({
    events: fc.constant(events),
    order: fc.shuffledSubarray(events, { minLength: events.length }),
    batchSize: fc.integer({ min: 1, max: 30 }),
    /** By batch: how far the clock has gone when it is folded, 0 to 1 of the way. */
    clocks: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 }),
    restarts: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
    merges: fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }),
  }),
)

describe('days that become weeks', () => {
  it('have the same bytes whenever and in whichever order that happens', () => {
    fc.assert(
      fc.property(someHistory, (history) => {
        expect(live(history, { windowMs })).toEqual(rebuilt(history.events, { windowMs }))
      }),
      { numRuns: propertyRuns(150) },
    )
  })

  it('answer to the millisecond like the days they were', () => {
    fc.assert(
      fc.property(someHistory, fc.nat(95), ({ events }, laterDays) => {
        const nowMs = NOW_MS + laterDays * DAY_MS
        const weekly = unitsOf(events, { windowMs })
        for (let day = 0; day <= laterDays; day++) weekly.expire(NOW_MS + day * DAY_MS)
        weekly.mergeWeeks()
        // Without the weeks: only what is in the window by then was ever folded.
        const inside = events.filter(
          ({ receivedAtMs }) => receivedAtMs > nowMs - windowMs && receivedAtMs <= nowMs,
        )

        expect(answer(weekly, nowMs)).toEqual(answer(unitsOf(inside, { windowMs }), nowMs))
      }),
      { numRuns: 100 },
    )
  })

  it('are sketched by what a week holds, whether it came before or after it was closed', () => {
    // 21 to 19 days ago lie in one week. No day of it is sketched by itself.
    const events = [...daily(21, 500), ...daily(20, 400), ...daily(19, 300), ...daily(1, 10)]
    const history = { events, order: events, batchSize: 450, restarts: [true], merges: [1] }

    const early = live({ ...history, clocks: [0] }, { windowMs })
    const late = live({ ...history, order: events.toReversed(), clocks: [1] }, { windowMs })

    expect(early).toEqual(late)
    expect([...early.values()].map((bytes) => bytes[0])).toEqual([3, 1])
  })

  it('are merged a few at a time, while what counts stays the same', () => {
    const events = Array.from({ length: 3000 }, (_, index) =>
      anObservation({ instanceId: instance(index % 7), receivedAtMs: NOW_MS - (index % 60) * DAY_MS }),
    )
    const units = unitsOf(events, { windowMs })
    units.expire(NOW_MS - 40 * DAY_MS)
    units.mergeWeeks()
    units.expire(NOW_MS)
    const before = answer(units, NOW_MS)
    const sizes = [units.table.size]

    while (!units.mergeWeeks(() => true)) sizes.push(units.table.size)

    expect(sizes.length).toBeGreaterThan(2)
    expect(sizes.at(-1)).toBeLessThan(sizes[0]! * 0.7)
    expect(answer(units, NOW_MS)).toEqual(before)
  })
})

describe('a cell of more instances than are kept', () => {
  const settings = { windowMs, maxInstancesPerCell: 4 }

  it('keeps the same ones in any order, in parts, across restarts and weeks', () => {
    fc.assert(
      fc.property(someHistory, (history) => {
        expect(live(history, settings)).toEqual(rebuilt(history.events, settings))
      }),
      { numRuns: propertyRuns(150) },
    )
  })

  it('keeps so many in each bucket, and counts the events that go', () => {
    const units = new Units(settings)
    units.expire(NOW_MS)
    for (let who = 0; who < 50; who++) {
      units.fold(anObservation({ instanceId: instance(who) }))
      units.fold(anObservation({ instanceId: instance(who) }))
      units.fold(anObservation({ instanceId: instance(who), receivedAtMs: NOW_MS - DAY_MS }))
    }

    expect(answer(units, NOW_MS).metadata).toMatchObject({ sample_size: 12, instances: 4 })
    expect(units.notKept.beyond_crowd).toBe(150 - 12)
  })

  it('says when a deleted instance had taken the room of others', () => {
    const units = new Units(settings)
    for (let who = 0; who < 4; who++) units.fold(anObservation({ instanceId: instance(who) }))
    const alone = units.deleteInstance(instance(3))
    for (let who = 4; who < 30; who++) units.fold(anObservation({ instanceId: instance(who) }))

    const [kept] = units.instanceIds()

    expect([alone, units.deleteInstance(kept!)]).toEqual([false, true])
  })
})

describe('a model that few instances reported', () => {
  const settings = { windowMs, minModelInstances: 2 }

  it('counts only at levels without model, until enough have', () => {
    const units = unitsOf([named('invented', 0), named('invented', 0), named('invented', 0)], settings)
    const query = { ...aQuery, model: 'invented' }

    const alone = answer(units, NOW_MS, query).metadata
    units.fold(named('invented', 1))
    const together = answer(units, NOW_MS, query).metadata

    expect(alone).toMatchObject({ fallback_level: 3, sample_size: 3, dimensions_matched: { model: null } })
    expect(together).toMatchObject({ fallback_level: 0, sample_size: 4, instances: 2 })
  })

  it('loses its levels with its last but one instance, and gets them again', () => {
    const early = { ...named('m', 0), receivedAtMs: NOW_MS - DAY_MS }
    const units = unitsOf([early, named('m', 1), named('m', 1)], settings)
    const query = { ...aQuery, model: 'm' }

    const levels = [
      answer(units, NOW_MS, query).metadata.fallback_level,
      answer(units, NOW_MS + windowMs - DAY_MS, query).metadata.fallback_level,
    ]
    units.fold({ ...named('m', 2), receivedAtMs: NOW_MS + windowMs - DAY_MS })

    expect([...levels, answer(units, NOW_MS + windowMs - DAY_MS, query).metadata.fallback_level]).toEqual([
      0, 3, 0,
    ])
  })

  it('answers the same in any order, in parts and across restarts', () => {
    fc.assert(
      fc.property(someHistory, ({ events, order, batchSize }) => {
        const rows = new Map<string, StoredUnit>()
        let units = new Units(settings)
        for (let start = 0; start < order.length; start += batchSize) {
          units.expire(NOW_MS)
          for (const event of order.slice(start, start + batchSize)) units.fold(event)
          for (const row of units.takeDirty()) rows.set(unitKey(row), row)
          units = new Units(settings)
          for (const row of rows.values()) units.load(row)
        }

        expect(answersOf(units)).toEqual(answersOf(unitsOf(events, settings)))
      }),
      { numRuns: 100 },
    )
  })

  it('builds up no levels, however many names are invented', () => {
    const units = unitsOf(
      Array.from({ length: 500 }, (_, index) => named(`invented-${index}`, 0)),
      settings,
    )
    units.expire(NOW_MS)

    // Its own counter for each, and the two that have no model.
    expect([...units.table.cells.allLevels()]).toHaveLength(502)
  })
})

function named(model: string, who: number): Observation {
  return anObservation({ model, instanceId: instance(who) })
}

/** So many events of one instance, some days ago. */
function daily(daysAgo: number, count: number): Observation[] {
  return Array.from({ length: count }, (_, index) =>
    anObservation({ receivedAtMs: NOW_MS - daysAgo * DAY_MS + index, inputTokens: index + 1 }),
  )
}

interface History {
  readonly events: readonly Observation[]
  readonly order: readonly Observation[]
  readonly batchSize: number
  readonly clocks: readonly number[]
  readonly restarts: readonly boolean[]
  readonly merges: readonly number[]
}

/** The stored rows of a server that lived through a history up to `NOW_MS`. */
function live(history: History, settings: UnitsSettings): ReadonlyMap<string, Uint8Array> {
  const { order, batchSize, clocks, restarts, merges } = history
  const rows = new Map<string, StoredUnit>()
  let units = new Units(settings)
  let clock = 0
  for (let start = 0, batch = 0; start < order.length; start += batchSize, batch++) {
    for (const event of order.slice(start, start + batchSize)) units.fold(event)
    clock = Math.max(clock, clocks[batch % clocks.length]!)
    // Events come when they are received: a clock that is ahead of most of them is as far as it may be.
    units.expire(NOW_MS - Math.round((1 - clock) * 60) * DAY_MS)
    let looks = merges[batch % merges.length]!
    units.mergeWeeks(() => looks-- <= 0)
    for (const row of units.takeDirty()) save(rows, row)
    if (!restarts[batch % restarts.length]) continue
    units = new Units(settings)
    for (const row of rows.values()) units.load(row)
  }
  units.expire(NOW_MS)
  units.mergeWeeks()
  for (const row of units.takeDirty()) save(rows, row)
  return inOrder(rows.values())
}

/** The rows that the events alone give. */
function rebuilt(events: readonly Observation[], settings: UnitsSettings): ReadonlyMap<string, Uint8Array> {
  const units = new Units(settings)
  units.expire(NOW_MS)
  for (const event of events) units.fold(event)
  units.expire(NOW_MS)
  units.mergeWeeks()
  return inOrder(units.takeDirty())
}

function save(rows: Map<string, StoredUnit>, row: StoredUnit): void {
  if (row.samples.length === 0) rows.delete(unitKey(row))
  else rows.set(unitKey(row), row)
}

function inOrder(rows: Iterable<StoredUnit>): ReadonlyMap<string, Uint8Array> {
  const kept = [...rows].filter(({ samples }) => samples.length > 0)
  return new Map(
    kept.map((row) => [unitKey(row), row.samples] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function unitsOf(events: readonly Observation[], settings: UnitsSettings): Units {
  const units = new Units(settings)
  for (const event of events) units.fold(event)
  return units
}

function answer(units: Units, nowMs: number, query: PredictionQuery = aQuery) {
  return new Predictor(units, { minInstances: 1 }, () => nowMs).predict(query)
}

function answersOf(units: Units) {
  return ['a', 'b', 'unheard-of'].flatMap((model) =>
    ['a', 'b'].map((complexity) =>
      answer(units, NOW_MS, { ...aQuery, model, complexity: complexity as 'low' }),
    ),
  )
}
