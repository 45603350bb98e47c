import fc from 'fast-check'
import type { Observation } from '../predictions/observation.ts'
import { anObservation, DAY_MS, instance, NOW_MS } from './an-observation.ts'

/** Event sets over few cells and instances, so that every level of the fallback chain gets its turn. */
export function someObservations(size: { maxLength: number }): fc.Arbitrary<Observation[]> {
  return fc.array(someObservation(), { maxLength: size.maxLength, size: 'max' })
}

function someObservation(): fc.Arbitrary<Observation> {
  const tokens = fc.oneof(fc.nat(3), fc.nat(20_000), fc.nat(10_000_000))
  return fc
    .record({
      // The first instance sends most, so that it has to be cut.
      instanceId: fc.oneof(
        { weight: 2, arbitrary: fc.constant(instance(0)) },
        { weight: 3, arbitrary: fc.nat(30).map(instance) },
      ),
      receivedAtMs: someArrival(),
      taskType: fc.constantFrom('implementation', 'testing'),
      model: fc.constantFrom('a', 'a', 'b', 'c'),
      provider: fc.constantFrom('anthropic', 'anthropic', 'openrouter'),
      complexity: fc.constantFrom('a', 'a', 'b'),
      inputTokens: tokens,
      outputTokens: tokens,
      costUsdMicros: fc.nat(100_000_000),
      durationMs: fc.nat(86_400_000),
      estimatedInputTokens: tokens,
      estimatedOutputTokens: tokens,
      succeeded: fc.boolean(),
      gatesPassed: fc.boolean(),
      gatesListed: fc.boolean(),
    })
    .map(anObservation)
}

/** Mostly few different moments inside the window; at times at its edges or outside. */
function someArrival(): fc.Arbitrary<number> {
  const windowMs = 90 * DAY_MS
  return fc.oneof(
    { weight: 6, arbitrary: fc.nat(5).map((days) => NOW_MS - days * DAY_MS) },
    { weight: 3, arbitrary: fc.nat(windowMs - 1).map((agoMs) => NOW_MS - agoMs) },
    { weight: 1, arbitrary: fc.constantFrom(1, 0, -windowMs + 1, -windowMs).map((ms) => NOW_MS + ms) },
  )
}
