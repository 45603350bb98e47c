import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DueQueue } from './due-queue.ts'

describe('DueQueue', () => {
  it('hands out every item once, at the earliest moment it was asked for, in order', () => {
    const requests = fc.array(fc.tuple(fc.nat(9), fc.nat(50)), { maxLength: 60 })

    fc.assert(
      fc.property(requests, (asked) => {
        const queue = new DueQueue<number>()
        for (const [item, dueMs] of asked) queue.schedule(item, dueMs)
        const earliest = new Map<number, number>()
        for (const [item, dueMs] of asked) earliest.set(item, Math.min(dueMs, earliest.get(item) ?? Infinity))

        const taken = takeAll(queue, 50)

        expect(taken.map((item) => earliest.get(item))).toEqual(
          [...earliest.values()].toSorted((a, b) => a - b),
        )
        expect(taken.toSorted()).toEqual([...earliest.keys()].toSorted())
      }),
    )
  })

  it('keeps what is not due yet', () => {
    const queue = new DueQueue<string>()
    queue.schedule('soon', 10)
    queue.schedule('later', 20)

    expect(takeAll(queue, 9)).toEqual([])
    expect(takeAll(queue, 10)).toEqual(['soon'])
    expect(takeAll(queue, 20)).toEqual(['later'])
  })

  it('forgets what was cancelled and takes it again when asked', () => {
    const queue = new DueQueue<string>()
    queue.schedule('a', 10)
    queue.cancel('a')
    queue.schedule('a', 30)

    expect(takeAll(queue, 29)).toEqual([])
    expect(takeAll(queue, 30)).toEqual(['a'])
  })
})

function takeAll<T>(queue: DueQueue<T>, nowMs: number): T[] {
  const taken: T[] = []
  for (let item = queue.takeDue(nowMs); item !== undefined; item = queue.takeDue(nowMs)) taken.push(item)
  return taken
}
