import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ascendingOrder } from './ascending-order.ts'

it('orders like a stable sort by comparison', () => {
  const value = fc.oneof(fc.nat(3), fc.nat(100_000_000), fc.double({ min: 0, noNaN: true }).map(Math.abs))

  fc.assert(
    fc.property(fc.array(value, { maxLength: 300, size: 'max' }), (values) => {
      const order = ascendingOrder(Float64Array.from(values))

      expect([...order]).toEqual([...values.keys()].toSorted((a, b) => values[a]! - values[b]! || a - b))
    }),
  )
})

it('orders a part of a larger array', () => {
  const values = Float64Array.of(9, 3, 1, 2, 0).subarray(1, 4)

  expect([...ascendingOrder(values)]).toEqual([1, 2, 0])
})
