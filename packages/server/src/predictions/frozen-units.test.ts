import fc from 'fast-check'
import { expect, it } from 'vitest'

import { anObservation, DAY_MS, instance, NOW_MS } from '../testing/an-observation.ts'
import { propertyRuns } from '../testing/property-runs.ts'
import { someObservations } from '../testing/some-observations.ts'
import type { Observation } from './observation.ts'
import { unitKey } from './stored-unit.ts'
import { MAX_EXACT_SAMPLES } from './unit-samples.ts'
import { type StoredUnit, Units } from './units.ts'

const WINDOW_MS = 90 * DAY_MS
/** Few enough instances for some to make room for others. */
const SETTINGS = { windowMs: WINDOW_MS, maxInstancesPerCell: 3 }

/** Something that happens to units. */
interface Change {
  readonly deletes?: string
  happenTo(units: Units): void
}

it('gives the rows of one moment, whatever happens between two slices, and the rest to the next', () => {
  fc.assert(
    fc.property(someHistory(), someChanges(), fc.nat(5), (history, meanwhile, sliceUnits) => {
      const [sliced, atOnce] = [unitsAfter(history), unitsAfter(history)]

      const rows = rowsInSlices(sliced, meanwhile, sliceUnits)
      const expected = atOnce.takeDirty()
      for (const change of meanwhile) change.happenTo(atOnce)

      expect(byKey(rows)).toEqual(byKey(withoutDeleted(expected, meanwhile)))
      expect(sliced.takeDirty()).toEqual(atOnce.takeDirty())
    }),
    { numRuns: propertyRuns(150) },
  )
})

it('takes everything back that could not be saved, also what was closed meanwhile', () => {
  fc.assert(
    fc.property(someHistory(), someChanges(), (history, meanwhile) => {
      const [sliced, atOnce] = [unitsAfter(history), unitsAfter(history)]

      sliced.markDirty(rowsInSlices(sliced, meanwhile, 1))
      const expected = atOnce.takeDirty()
      for (const change of meanwhile) change.happenTo(atOnce)
      atOnce.markDirty(expected)

      expect(sliced.takeDirty()).toEqual(atOnce.takeDirty())
    }),
    { numRuns: propertyRuns(80) },
  )
})

it.each([
  ['all of its samples are kept', 3],
  ['it is about to be sketched', MAX_EXACT_SAMPLES - 5],
  ['it is sketched', MAX_EXACT_SAMPLES + 5],
])('leaves out what comes to a unit later, where %s', (_, samples) => {
  const [units, unchanged] = [new Units(SETTINGS), new Units(SETTINGS)]
  for (const each of [units, unchanged]) flood(instance(0), samples).happenTo(each)

  const frozen = units.freezeDirty()
  flood(instance(0), 10, NOW_MS + 5).happenTo(units)
  frozen.work()

  expect(frozen.rows()).toEqual(unchanged.takeDirty())
})

it('gives the days of a week as they were, although they are brought together meanwhile', () => {
  const days = [1, 2].map((daysAgo) =>
    flood(instance(0), MAX_EXACT_SAMPLES + daysAgo, NOW_MS - daysAgo * DAY_MS),
  )
  const [units, unchanged] = [unitsAfter(days), unitsAfter(days)]

  const frozen = units.freezeDirty()
  units.expire(NOW_MS + 30 * DAY_MS)
  units.mergeWeeks()

  expect(byKey(frozen.rows())).toEqual(unchanged.takeDirty())
  expect(units.takeDirty().map(({ samples }) => samples.length > 0)).toEqual([true, false])
})

it('gives one row of a unit that was closed and opened again', () => {
  const weekLater = passing(30 * DAY_MS)
  const units = unitsAfter([weekLater, flood(instance(0), 3), saved, passing(WINDOW_MS + 8 * DAY_MS)])

  for (const change of [weekLater, flood(instance(0), 1)]) change.happenTo(units)
  const rows = rowsInSlices(units, [], 1)

  expect(rows).toEqual(unitsAfter([weekLater, flood(instance(0), 1)]).takeDirty())
})

it('leaves nothing of an instance that is deleted between two slices', () => {
  const units = unitsAfter([flood(instance(0), 2), flood(instance(1), 2)])

  const rows = rowsInSlices(units, [deletion(instance(0))], 1)

  expect(rows.map(({ instanceId }) => instanceId)).toEqual([instance(1)])
})

function unitsAfter(changes: readonly Change[]): Units {
  const units = new Units(SETTINGS)
  units.expire(NOW_MS)
  for (const change of changes) change.happenTo(units)
  return units
}

/** Takes rows a few a slice; one thing happens after each slice, and what is left at the end before the last one. */
function rowsInSlices(units: Units, meanwhile: readonly Change[], sliceUnits: number): readonly StoredUnit[] {
  const frozen = units.freezeDirty()
  for (const change of meanwhile) {
    let left = sliceUnits
    frozen.work(() => left-- <= 0)
    change.happenTo(units)
  }
  frozen.work()
  return frozen.rows()
}

/** Changes, with a checkpoint among them. */
function someHistory(): fc.Arbitrary<readonly Change[]> {
  return fc.tuple(someChanges(), someChanges()).map(([before, after]) => before.concat(saved, after))
}

function someChanges(): fc.Arbitrary<readonly Change[]> {
  const someChange: fc.Arbitrary<Change> = fc.oneof(
    { weight: 6, arbitrary: someObservations({ maxLength: 12 }).map(arrivals) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.nat(3), fc.constantFrom(400, MAX_EXACT_SAMPLES + 1), fc.nat(2))
        .map(([number, events, days]) => flood(instance(number), events, NOW_MS - days * DAY_MS)),
    },
    { weight: 2, arbitrary: fc.nat(WINDOW_MS + 8 * DAY_MS).map(passing) },
    { weight: 2, arbitrary: fc.constant<Change>({ happenTo: (units) => void units.mergeWeeks() }) },
    { weight: 1, arbitrary: fc.nat(4).map((number) => deletion(instance(number))) },
  )
  return fc.array(someChange, { maxLength: 6 })
}

const saved: Change = { happenTo: (units) => void units.takeDirty() }

function arrivals(events: readonly Observation[]): Change {
  return {
    happenTo(units) {
      for (const event of events) units.fold(event)
    },
  }
}

/** Many events of one instance and one day, in one cell. */
function flood(instanceId: string, events: number, receivedAtMs = NOW_MS): Change {
  return arrivals(
    Array.from({ length: events }, (_, number) =>
      anObservation({ instanceId, receivedAtMs, inputTokens: 1000 + (number % 37) }),
    ),
  )
}

function passing(laterMs: number): Change {
  return { happenTo: (units) => units.expire(NOW_MS + laterMs) }
}

function deletion(instanceId: string): Change {
  return { deletes: instanceId, happenTo: (units) => void units.deleteInstance(instanceId) }
}

/** Rows of an instance that was deleted are removed by whoever deletes it. */
function withoutDeleted(rows: readonly StoredUnit[], changes: readonly Change[]): readonly StoredUnit[] {
  const deleted = new Set(changes.map(({ deletes }) => deletes))
  return rows.filter(({ instanceId }) => !deleted.has(instanceId))
}

function byKey(rows: readonly StoredUnit[]): readonly StoredUnit[] {
  return rows.toSorted((a, b) => (unitKey(a) < unitKey(b) ? -1 : 1))
}
