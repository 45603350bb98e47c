import { describe, expect, it } from 'vitest'
import { QuotaRing } from './quota-ring.ts'

describe('QuotaRing', () => {
  it('holds a flood to its quota of what was accepted', () => {
    const ring = new QuotaRing(1000)
    for (let task = 0; task < 20_000; task++) {
      const instance = task % 10 === 0 ? 1 + ((task / 10) % 100) : 0
      if (ring.accepts(instance)) ring.push(instance, [task], () => {})
    }

    const ofFlood = [...ring.entries()].filter(([instance]) => instance === 0).length

    expect(ring.size).toBe(1000)
    expect(ofFlood).toBeLessThanOrEqual(50 + 0.05 * 1000)
  })

  it('fills up for an instance that is alone', () => {
    const ring = new QuotaRing(200)
    for (let task = 0; task < 500; task++) if (ring.accepts(7)) ring.push(7, [task], () => {})

    expect(ring.size).toBe(200)
  })

  it('gives the oldest entry away when it is full', () => {
    const evicted: number[] = []
    const ring = new QuotaRing(2, 2)
    for (const number of [1, 2, 3]) ring.push(number, [number, -number], (oldest) => evicted.push(...oldest))

    expect(evicted).toEqual([1, -1])
    expect(Array.from(ring.entries(), ([instance, numbers]) => [instance, ...numbers])).toEqual([
      [2, 2, -2],
      [3, 3, -3],
    ])
  })

  it('forgets one instance and keeps the order of the others', () => {
    const ring = new QuotaRing(3)
    for (const [instance, number] of [
      [1, 10],
      [2, 20],
      [1, 30],
      [3, 40],
    ] as const) {
      ring.push(instance, [number], () => {})
    }

    ring.forget(1)

    expect(Array.from(ring.entries(), ([instance, [number]]) => [instance, number])).toEqual([
      [2, 20],
      [3, 40],
    ])
  })
})
