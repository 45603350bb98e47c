import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SAMPLE_WIDTH } from './observation.ts'
import { MAX_PACKED_BYTES, packSample, unpackSamples } from './packed-samples.ts'

const START_MS = 20_776 * 86_400_000

it('gives back any samples, in their order', () => {
  const someNumber = fc.oneof(
    fc.nat(300),
    fc.nat(),
    fc.maxSafeNat(),
    fc.constantFrom(127, 128, 2 ** 31 - 1, 2 ** 31),
  )
  const someSample = fc.tuple(fc.nat(7 * 86_400_000 - 1), ...Array.from({ length: 7 }, () => someNumber))

  fc.assert(
    fc.property(fc.array(someSample, { maxLength: 20 }), (samples) => {
      const numbers = Float64Array.from(samples.flatMap(([since, ...rest]) => [START_MS + since, ...rest]))
      const bytes = new Uint8Array(samples.length * MAX_PACKED_BYTES)
      let end = 0
      for (let from = 0; from < numbers.length; from += SAMPLE_WIDTH)
        end = packSample(numbers, from, START_MS, bytes, end)

      const read = new Float64Array(numbers.length)
      const last = unpackSamples(bytes.subarray(0, end), 0, samples.length, START_MS, read, 0)

      expect(read).toEqual(numbers)
      expect(last).toBe(numbers.length)
    }),
  )
})

it('takes 21 bytes for a typical task', () => {
  const sample = Float64Array.of(START_MS + 43_200_000, 180_000, 4000, 400_000, 90_000, 150_000, 3000, 3)

  expect(packSample(sample, 0, START_MS, new Uint8Array(MAX_PACKED_BYTES), 0)).toBe(21)
})
