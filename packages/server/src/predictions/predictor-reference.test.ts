import type { PredictionQuery } from '@mosaicstack/telemetry-client/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aQuery, DAY_MS, NOW_MS } from '../testing/an-observation.ts'
import { referenceAnswer } from '../backtest/reference-predictions.ts'
import type { ReferenceAnswer } from '../backtest/reference-predictions.ts'
import { someObservations } from '../testing/some-observations.ts'
import { Predictor } from './predictor.ts'
import { Units } from './units.ts'

const windowMs = 90 * DAY_MS

describe('Predictor and the definitions written down a second time', () => {
  it('agree on every field for any set of events', () => {
    const someQuery = fc.record({
      task_type: fc.constantFrom('implementation', 'testing', 'planning'),
      model: fc.constantFrom('a', 'b', 'unheard-of'),
      provider: fc.constantFrom('anthropic', 'openrouter'),
      complexity: fc.constantFrom('a', 'b'),
    }) as unknown as fc.Arbitrary<Partial<PredictionQuery>>
    const minInstances = fc.constantFrom('auto' as const, 1, 2, 3)
    const levelsSeen = new Set<number | undefined>()

    fc.assert(
      fc.property(someObservations({ maxLength: 150 }), someQuery, minInstances, (events, fields, k) => {
        const query = { ...aQuery, ...fields }
        const units = new Units({ windowMs })
        for (const event of events) units.fold(event)

        const answer = new Predictor(units, { minInstances: k }, () => NOW_MS).predict(query)

        const expected = referenceAnswer(events, query, { nowMs: NOW_MS, windowMs, minInstances: k })
        levelsSeen.add(expected?.level)
        if (expected === undefined) expect(answer.prediction).toBeNull()
        else expectAgreement(answer, expected)
      }),
      { numRuns: 600 },
    )
    expect(levelsSeen).toEqual(new Set([undefined, 0, 1, 2, 3, 4]))
  })
})

function expectAgreement(
  { prediction, metadata }: ReturnType<Predictor['predict']>,
  expected: ReferenceAnswer,
): void {
  expect(metadata).toMatchObject({
    fallback_level: expected.level,
    sample_size: expected.sampleSize,
    instances: expected.instances,
    newest_event_at: new Date(expected.newestMs).toISOString(),
  })
  const matched = Object.values(metadata.dimensions_matched ?? {}).filter((value) => value !== null)
  expect(matched).toHaveLength(expected.kept.length)
  expectNear(metadata.max_instance_share, expected.maxShare, 4)
  expectNear(metadata.effective_sample_size, expected.effectiveSize, 3)

  const { p10, p25, median, p75, p90 } = prediction!.input_tokens
  for (const [index, tokens] of [p10, p25, median, p75, p90].entries())
    expectNear(tokens, expected.input[index]!, 0)
  const output = prediction!.output_tokens
  const outputs = [output.p10, output.p25, output.median, output.p75, output.p90]
  for (const [index, tokens] of outputs.entries()) expectNear(tokens, expected.output[index]!, 0)
  expectNear(prediction!.cost_usd_micros.median, expected.cost, 0)
  expectNear(prediction!.duration_ms.median, expected.duration, 0)
  expectNear(prediction!.correction_factors.input, expected.inputFactor, 4)
  expectNear(prediction!.correction_factors.output, expected.outputFactor, 4)
  expectNear(prediction!.quality.gate_pass_rate, expected.gatePassRate, 4)
  expectNear(prediction!.quality.success_rate, expected.successRate, 4)
}

/** Equal after rounding to some decimals. On the very edge of two roundings either is right: both sides carry noise. */
function expectNear(rounded: number | undefined, exact: number, decimals: number): void {
  const noise = Math.abs(exact) * 1e-10 + 1e-6 * 10 ** -decimals
  expect(Math.abs((rounded ?? NaN) - exact)).toBeLessThanOrEqual(0.5 * 10 ** -decimals + noise)
}
