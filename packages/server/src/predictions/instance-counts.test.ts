import fc from 'fast-check'
import { expect, it } from 'vitest'
import { InstanceCounts } from './instance-counts.ts'

it('counts like a map, whatever comes and goes', () => {
  const changes = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: -3, max: 3 })), {
    maxLength: 300,
    size: 'max',
  })

  fc.assert(
    fc.property(changes, (all) => {
      const counts = new InstanceCounts()
      const expected = new Map<number, number>()
      for (const [instance, change] of all) {
        const events = (expected.get(instance) ?? 0) + change
        if (events < 0) continue
        counts.add(instance, change)
        if (events === 0) expected.delete(instance)
        else expected.set(instance, events)
      }

      const found = new Map<number, number>()
      counts.forEach((instance, events) => found.set(instance, events))
      expect(found).toEqual(expected)
      expect(counts.size).toBe(expected.size)
      for (let instance = 0; instance <= 40; instance++)
        expect(counts.get(instance)).toBe(expected.get(instance) ?? 0)
    }),
    { numRuns: 300 },
  )
})
