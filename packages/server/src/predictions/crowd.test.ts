import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Crowd } from './crowd.ts'

const LIMIT = 5

/** Instances whose ranks are their numbers, shuffled. */
const someInstances = fc.uniqueArray(fc.nat(200), { maxLength: 60, size: 'max' })

it('keeps those of the lowest rank, in whatever order they come', () => {
  fc.assert(
    fc.property(someInstances, (instances) => {
      expect(keptOf(instances)).toEqual(lowest(instances))
    }),
  )
})

it('keeps the same of a whole as of the parts that were cut before', () => {
  fc.assert(
    fc.property(someInstances, someInstances, (one, other) => {
      const cutBefore = [...keptOf(one), ...keptOf(other)]

      expect(keptOf([...new Set(cutBefore)])).toEqual(lowest([...new Set([...one, ...other])]))
    }),
  )
})

it('cuts each bucket by itself, and forgets old ones', () => {
  const crowd = new Crowd(1)

  const gone = [crowd.add(7, 1, 1), crowd.add(8, 2, 2), crowd.add(8, 3, 3), crowd.add(8, 0, 0)]
  crowd.forgetBefore(8)

  expect(gone).toEqual([undefined, undefined, 3, 2])
  expect([crowd.add(7, 5, 5), crowd.hasMadeRoomFor(0), crowd.hasMadeRoomFor(5)]).toEqual([
    undefined,
    true,
    false,
  ])
})

function keptOf(instances: readonly number[]): number[] {
  const crowd = new Crowd(LIMIT)
  const kept = new Set<number>()
  for (const instance of instances) {
    kept.add(instance)
    const gone = crowd.add(0, instance, instance)
    if (gone !== undefined) kept.delete(gone)
  }
  return [...kept].toSorted((a, b) => a - b)
}

function lowest(instances: readonly number[]): number[] {
  return instances.toSorted((a, b) => a - b).slice(0, LIMIT)
}
