import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anObservation, DAY_MS } from '../testing/an-observation.ts'
import { BUCKETS, Sketch } from './sketch.ts'
import { decodeSketched, encodeSketched } from './sketched-codec.ts'
import { Units } from './units.ts'

it('gives back any sketches', () => {
  const someEntries = fc.uniqueArray(
    fc.tuple(
      fc.oneof(fc.nat(20), fc.nat(BUCKETS - 1)),
      fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1 })),
    ),
    { selector: ([bucket]) => bucket, maxLength: 60, size: 'max' },
  )

  fc.assert(
    fc.property(fc.array(someEntries, { minLength: 1, maxLength: 4 }), fc.nat(), (all, sinceMs) => {
      const bytes = encodeSketched(sinceMs, [3, 0, 7], all.map(sketchOf))

      const read = decodeSketched(bytes, 3, all.length)

      expect(read).toMatchObject({ sinceMs, flagCounts: [3, 0, 7] })
      expect(read.sketches.map((sketch) => sketch.entries())).toEqual(
        all.map((entries) => entries.toSorted(([a], [b]) => a - b)),
      )
    }),
  )
})

it('writes a bucket that follows the one before in the bytes of its count', () => {
  const sketch = sketchOf([
    [0, 5],
    [1, 63],
    [2, 64],
    [9, 1],
  ])

  expect([...encodeSketched(0, [], [sketch])]).toEqual([3, 0, 4, 10, 126, 0x80, 1, 3, 7])
})

it('reads what version 2 wrote, and asks for it to be written anew', () => {
  const header = [2, 9, ...leb128(1200), 0, 0, 0, 0, 0, 0, 0]
  const oneBucket = [1, 6, ...leb128(1200)]
  const bytes = Uint8Array.from(header.concat(...Array.from({ length: 6 }, () => oneBucket)))
  const { taskType, model, provider, complexity, instanceId } = anObservation()
  const row = { taskType, model, provider, complexity, instanceId, day: 20_778, samples: bytes }
  const units = new Units({ windowMs: 90 * DAY_MS })

  units.load(row)

  const [written] = units.takeDirty()
  expect(written!.samples[0]).toBe(3)
  expect(decodeSketched(written!.samples, 8, 6)).toEqual(decodeSketched(bytes, 8, 6))
})

function sketchOf(entries: readonly (readonly [bucket: number, count: number])[]): Sketch {
  const sketch = new Sketch()
  for (const [bucket, count] of entries) sketch.addToBucket(bucket, count)
  return sketch
}

function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...leb128(Math.floor(value / 128))]
}
