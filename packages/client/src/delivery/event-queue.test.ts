import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { EventQueue } from './event-queue.ts'

describe('EventQueue', () => {
  it('evicts the oldest item when it is full, and says so', () => {
    const evictions: number[] = []
    const queue = new EventQueue<string>(2, (count) => evictions.push(count))

    for (const item of ['a', 'b', 'c']) queue.put(item)

    expect(queue.drain(10)).toEqual(['b', 'c'])
    expect(evictions).toEqual([1])
    expect(queue.isEmpty).toBe(true)
  })

  it('puts items back at the front in their order', () => {
    const queue = new EventQueue<string>()
    for (const item of ['a', 'b', 'c']) queue.put(item)

    queue.putBack(queue.drain(2))

    expect(queue.drain(10)).toEqual(['a', 'b', 'c'])
  })

  it('behaves like a plain array, whatever is done to it', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('put' as const), count: fc.integer({ min: 1, max: 900 }) }),
      fc.record({ do: fc.constant('drain' as const), count: fc.integer({ min: 0, max: 900 }) }),
      fc.record({ do: fc.constant('drainAndPutBack' as const), count: fc.integer({ min: 0, max: 300 }) }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2500 }), fc.array(step, { maxLength: 30 }), (maxSize, steps) => {
        let evicted = 0
        const queue = new EventQueue<number>(maxSize, (count) => (evicted += count))
        let model: number[] = []
        let modelEvicted = 0
        let next = 0

        for (const { count, do: what } of steps) {
          if (what === 'put') {
            for (let item = 0; item < count; item++) {
              queue.put(next)
              model.push(next++)
              if (model.length > maxSize) modelEvicted += model.splice(0, 1).length
            }
          } else if (what === 'drain') {
            expect(queue.drain(count)).toEqual(model.splice(0, count))
          } else {
            const drained = queue.drain(count)
            queue.putBack(drained)
          }
          expect(queue.size).toBe(model.length)
        }
        expect(queue.drain(model.length)).toEqual(model)
        expect(evicted).toBe(modelEvicted)
        model = []
      }),
      { numRuns: 60 },
    )
  })
})
