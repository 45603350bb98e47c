import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation, NOW_MS } from '../testing/an-observation.ts'
import { toSample } from './observation.ts'
import { SampleList } from './sample-list.ts'

describe('SampleList', () => {
  it('holds samples in ascending order, whatever the order of insertion', () => {
    const moments = fc.array(fc.tuple(fc.nat(5), fc.nat(3)), { maxLength: 30 })

    fc.assert(
      fc.property(moments, (pairs) => {
        const list = listOf(pairs)

        const reversed = listOf(pairs.toReversed())

        expect(list.size).toBe(pairs.length)
        expect(reversed.numbers).toEqual(list.numbers)
        const times = pairs.map((_, index) => list.arrivalMs(index)! - NOW_MS)
        expect(times).toEqual(pairs.map(([time]) => time).toSorted())
      }),
    )
  })

  it('removes the oldest through a moment and takes new ones afterwards', () => {
    const list = listOf([
      [1, 1],
      [2, 1],
      [3, 1],
    ])

    const removed = list.removeThrough(NOW_MS + 2)
    list.insert(toSample(anObservation({ receivedAtMs: NOW_MS + 1, inputTokens: 9 })))

    expect(removed).toBe(2)
    expect([list.arrivalMs(0), list.arrivalMs(1), list.arrivalMs(2)]).toEqual([
      NOW_MS + 1,
      NOW_MS + 3,
      undefined,
    ])
  })

  it('counts the samples through a moment', () => {
    const list = listOf([
      [1, 1],
      [2, 1],
      [2, 2],
      [4, 1],
    ])

    expect([0, 1, 2, 3, 4].map((ms) => list.countThrough(NOW_MS + ms))).toEqual([0, 1, 3, 3, 4])
  })
})

function listOf(pairs: readonly (readonly [afterMs: number, inputTokens: number])[]): SampleList {
  const list = new SampleList()
  for (const [afterMs, inputTokens] of pairs) {
    list.insert(toSample(anObservation({ receivedAtMs: NOW_MS + afterMs, inputTokens })))
  }
  return list
}
