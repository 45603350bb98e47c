import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation, aQuery, DAY_MS, instance, NOW_MS } from '../testing/an-observation.ts'
import { propertyRuns } from '../testing/property-runs.ts'
import { someObservations } from '../testing/some-observations.ts'
import type { Observation } from './observation.ts'
import { Predictor } from './predictor.ts'
import { Units } from './units.ts'
import type { StoredUnit } from './units.ts'

const WINDOW_MS = 90 * DAY_MS
const cell = {
  taskType: 'implementation',
  model: 'claude-sonnet-4-5',
  provider: 'anthropic',
  complexity: 'medium',
}

describe('Units.fold', () => {
  it('keeps one unit for each cell, instance and UTC day', () => {
    const units = unitsOf([
      anObservation(),
      anObservation({ model: 'anthropic/claude-sonnet-4.5' }),
      anObservation({ instanceId: instance(1) }),
      anObservation({ receivedAtMs: NOW_MS + DAY_MS }),
      anObservation({ complexity: 'low' }),
    ])

    const stored = units.takeDirty()

    expect(stored.map((row) => [row.complexity, row.instanceId, row.day])).toEqual([
      ['low', instance(0), 20_778],
      ['medium', instance(0), 20_778],
      ['medium', instance(0), 20_779],
      ['medium', instance(1), 20_778],
    ])
  })

  it('does not keep an event that reports no usage, and counts it', () => {
    const units = unitsOf([anObservation({ inputTokens: 0, outputTokens: 0 })])

    units.expire(NOW_MS)

    expect(countOf(units)).toBe(0)
    expect(units.takeDirty()).toEqual([])
    expect(units.notKept).toEqual({ no_usage: 1, before_window: 0, instance_deleted: 0, beyond_crowd: 0 })
  })

  it('does not keep an event that has left the window already, and counts it', () => {
    const units = new Units({ windowMs: WINDOW_MS })
    units.expire(NOW_MS)

    units.fold(anObservation({ receivedAtMs: NOW_MS - WINDOW_MS - 7 * DAY_MS }))
    units.fold(anObservation({ receivedAtMs: NOW_MS - WINDOW_MS + 1 }))
    units.expire(NOW_MS)

    expect(countOf(units)).toBe(1)
    expect(units.notKept).toEqual({ no_usage: 0, before_window: 1, instance_deleted: 0, beyond_crowd: 0 })
  })

  it('refuses a number that no event can carry', () => {
    const units = new Units({ windowMs: WINDOW_MS })

    expect(() => units.fold(anObservation({ durationMs: 0.5 }))).toThrow(RangeError)
  })
})

describe('Units.expire', () => {
  it('counts an event from the millisecond of its arrival to the end of the window', () => {
    const units = unitsOf([anObservation({ receivedAtMs: NOW_MS })])

    const counts = [-1, 0, WINDOW_MS - 1, WINDOW_MS].map((afterMs) => {
      units.expire(NOW_MS + afterMs)
      return countOf(units)
    })

    expect(counts).toEqual([0, 1, 1, 0])
  })

  it('asks the store to remove a unit whose last event has left', () => {
    const units = unitsOf([anObservation()])
    units.takeDirty()

    units.expire(NOW_MS + WINDOW_MS)

    expect(units.takeDirty()).toEqual([
      { ...cell, instanceId: instance(0), day: 20_778, samples: new Uint8Array() },
    ])
    expect(units.takeDirty()).toEqual([])
  })

  it('forgets a level with its last event', () => {
    const units = unitsOf([anObservation()])
    units.expire(NOW_MS)

    units.expire(NOW_MS + WINDOW_MS)

    expect(levelOf(units)).toBeUndefined()
  })

  it('asks the store to rewrite a unit that lost some of its events', () => {
    const units = unitsOf([anObservation(), anObservation({ receivedAtMs: NOW_MS + 1 })])
    units.takeDirty()

    units.expire(NOW_MS + WINDOW_MS)

    const stayed = unitsOf([anObservation({ receivedAtMs: NOW_MS + 1 })])
    stayed.expire(NOW_MS + WINDOW_MS)
    expect(withoutEmpty(units.takeDirty())).toEqual(stayed.takeDirty())
  })

  it('stops counting events from the future when the clock is set back', () => {
    const units = unitsOf([anObservation(), anObservation({ receivedAtMs: NOW_MS + 1000 })])

    const counts = [1000, 999, 0, 1000].map((afterMs) => {
      units.expire(NOW_MS + afterMs)
      return countOf(units)
    })

    expect(counts).toEqual([2, 1, 1, 2])
  })

  it('notices an exchange of events that leaves their number as it was', () => {
    const units = unitsOf([anObservation({ receivedAtMs: NOW_MS + 9 })])
    units.expire(NOW_MS + 9)
    const before = levelOf(units)?.version
    units.fold(anObservation({ receivedAtMs: NOW_MS + 5 }))

    units.expire(NOW_MS + 6)

    expect(countOf(units)).toBe(1)
    expect(levelOf(units)?.version).not.toBe(before)
  })
})

describe('Units.load', () => {
  it('takes the place of what is known of the unit', () => {
    const units = unitsOf([anObservation({ inputTokens: 1 }), anObservation({ inputTokens: 2 })])
    units.expire(NOW_MS)
    const [stored] = unitsOf([anObservation({ inputTokens: 3 })]).takeDirty()

    units.load(stored!)

    expect(countOf(units)).toBe(1)
    expect(units.takeDirty()).toEqual([])
  })

  it('forgets a unit whose row is empty', () => {
    const units = unitsOf([anObservation()])
    units.expire(NOW_MS)
    const [stored] = units.takeDirty()

    units.load({ ...stored!, samples: new Uint8Array() })

    expect(levelOf(units)).toBeUndefined()
  })
})

describe('Units.markDirty', () => {
  it('hands out again what could not be stored, as it is by then', () => {
    const units = unitsOf([anObservation()])
    units.markDirty(units.takeDirty())
    units.fold(anObservation({ inputTokens: 2 }))

    const taken = units.takeDirty()

    expect(taken).toEqual(unitsOf([anObservation(), anObservation({ inputTokens: 2 })]).takeDirty())
  })

  it('asks to remove the row of a unit that has left the window meanwhile', () => {
    const units = unitsOf([anObservation()])
    const taken = units.takeDirty()
    units.expire(NOW_MS + WINDOW_MS)
    units.takeDirty()

    units.markDirty(taken)

    expect(units.takeDirty()).toEqual([{ ...taken[0], samples: new Uint8Array() }])
  })
})

describe('Units', () => {
  it('depends on the set of events only: any order, batches and restarts give the same bytes and answers', () => {
    const shuffled = someObservations({ maxLength: 60 }).chain((events) =>
      fc.record({
        events: fc.constant(events),
        order: fc.shuffledSubarray(events, { minLength: events.length }),
        batchSize: fc.integer({ min: 1, max: 20 }),
      }),
    )

    fc.assert(
      fc.property(shuffled, ({ events, order, batchSize }) => {
        const plain = unitsOf(events)

        const { units: restarted, rows } = foldWithRestarts(order, batchSize)

        plain.expire(NOW_MS)
        restarted.expire(NOW_MS)
        for (const row of restarted.takeDirty()) store(rows, row)
        expect([...rows.values()].toSorted(byKey)).toEqual(withoutEmpty(plain.takeDirty()).toSorted(byKey))
        expect(answersOf(restarted)).toEqual(answersOf(plain))
      }),
      { numRuns: propertyRuns(150) },
    )
  })
})

function unitsOf(events: readonly Observation[]): Units {
  const units = new Units({ windowMs: WINDOW_MS })
  for (const event of events) units.fold(event)
  return units
}

/** Folds in batches; after each the changed rows are stored and a new process loads all of them. */
function foldWithRestarts(events: readonly Observation[], batchSize: number) {
  const rows = new Map<string, StoredUnit>()
  let units = new Units({ windowMs: WINDOW_MS })
  for (let start = 0; start < events.length; start += batchSize) {
    for (const event of events.slice(start, start + batchSize)) units.fold(event)
    for (const row of units.takeDirty()) store(rows, row)
    units = new Units({ windowMs: WINDOW_MS })
    for (const row of rows.values()) units.load(row)
    if (start % 2 === 0) units.expire(NOW_MS)
  }
  return { units, rows }
}

function store(rows: Map<string, StoredUnit>, row: StoredUnit): void {
  if (row.samples.length === 0) rows.delete(keyOf(row))
  else rows.set(keyOf(row), row)
}

function withoutEmpty(rows: readonly StoredUnit[]): StoredUnit[] {
  return rows.filter((row) => row.samples.length > 0)
}

function keyOf(row: StoredUnit): string {
  return JSON.stringify({ ...row, samples: undefined })
}

function byKey(a: StoredUnit, b: StoredUnit): number {
  return keyOf(a) < keyOf(b) ? -1 : 1
}

/** The answers of all six levels, with every digit. */
function answersOf(units: Units) {
  const predictor = new Predictor(units, { minInstances: 1 }, () => NOW_MS)
  const words = ['a', 'b', 'unheard-of']
  return words.flatMap((model) =>
    words.map((complexity) => predictor.predict({ ...aQuery, model, complexity: complexity as 'low' })),
  )
}

function levelOf(units: Units) {
  return units.levelsOf(cell)[0]
}

function countOf(units: Units): number {
  return levelOf(units)?.eventCount ?? 0
}
