import type { BatchEventResult } from '@mosaicstack/telemetry-client/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'

import { renderBatchAnswer } from './batch-answer.ts'

it('writes what JSON.stringify would', () => {
  const anId = fc.uuid()
  const aResult: fc.Arbitrary<BatchEventResult> = fc.oneof(
    anId.map((event_id) => ({ event_id, status: 'accepted', error: null }) as const),
    fc.record({
      event_id: fc.option(anId),
      status: fc.constant('rejected' as const),
      error: fc.string({ unit: 'binary' }),
      code: fc.constantFrom('duplicate', 'invalid', 'unsupported_schema'),
    }),
  )
  fc.assert(
    fc.property(fc.array(aResult, { maxLength: 5 }), fc.nat(), fc.nat(), (results, accepted, rejected) => {
      const response = { accepted, rejected, results }

      expect(renderBatchAnswer(response)).toBe(JSON.stringify(response))
    }),
  )
})
