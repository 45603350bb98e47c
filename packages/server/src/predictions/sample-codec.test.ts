import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation, DAY_MS, NOW_MS } from '../testing/an-observation.ts'
import { type Observation, SAMPLE_WIDTH, writeSample } from './observation.ts'
import { decodeSamples, encodeSamples, utcDay } from './sample-codec.ts'

const today = utcDay(NOW_MS)

describe('encodeSamples', () => {
  it('writes a version, then whole numbers of seven bits a byte', () => {
    const sample = toSample(
      anObservation({
        receivedAtMs: today * DAY_MS + 300,
        inputTokens: 128,
        estimatedInputTokens: 127,
        costUsdMicros: 0,
      }),
    )

    const bytes = encodeSamples(sample, today)

    expect([...bytes]).toEqual([1, 0xac, 2, 0x80, 1, 100, 0, 0xe0, 0xd4, 3, 127, 0, 1])
  })

  it('writes nothing for no samples', () => {
    expect(encodeSamples(new Float64Array(), today)).toEqual(new Uint8Array())
  })

  it('is undone by decodeSamples for any numbers within the limits', () => {
    const anySample = fc.tuple(
      fc.integer({ min: 0, max: DAY_MS - 1 }),
      ...Array.from({ length: 6 }, () => fc.oneof(fc.nat(300), fc.nat(100_000_000), fc.maxSafeNat())),
      fc.nat(7),
    )

    fc.assert(
      fc.property(fc.array(anySample, { maxLength: 20 }), (samples) => {
        const ascending = samples.toSorted((a, b) => a[0] - b[0])
        const numbers = Float64Array.from(ascending.flat(), (number, index) =>
          index % 8 === 0 ? today * DAY_MS + number : number,
        )

        expect(decodeSamples(encodeSamples(numbers, today), today)).toEqual(numbers)
      }),
    )
  })
})

describe('decodeSamples', () => {
  it('refuses a version it does not know and says what to do', () => {
    const bytes = encodeSamples(toSample(anObservation()), today).fill(4, 0, 1)

    expect(() => decodeSamples(bytes, today)).toThrow(
      expect.objectContaining({
        code: 'SCHEMA_TOO_NEW',
        message: 'stored prediction samples have version 4, this server knows 1 to 3',
        hint: expect.stringContaining('newer server'),
      }),
    )
  })

  it.each([
    ['is cut within a number', (bytes: Uint8Array) => bytes.slice(0, 2), today],
    ['is cut between two numbers', (bytes: Uint8Array) => bytes.slice(0, -1), today],
    ['runs past the end of its day', (bytes: Uint8Array) => Uint8Array.of(1, 0xff, ...bytes.slice(1)), today],
  ])('refuses a row that %s', (_, damage, day) => {
    const bytes = encodeSamples(toSample(anObservation()), today)

    expect(() => decodeSamples(damage(bytes), day)).toThrow(
      expect.objectContaining({ code: 'STORE_DAMAGED' }),
    )
  })
})

function toSample(observation: Observation): Float64Array {
  const sample = new Float64Array(SAMPLE_WIDTH)
  writeSample(observation, sample)
  return sample
}
