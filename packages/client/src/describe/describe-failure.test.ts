import { expect, it } from 'vitest'

import { statusError } from '../delivery/status-error.ts'
import { TelemetryError } from '../telemetry-error.ts'
import { describeFailure } from './describe-failure.ts'

const URL = 'http://127.0.0.1:8765'

it.each([
  [
    statusError(401, { detail: 'unknown key' }),
    'HTTP 401 (unknown key)',
    `a key of ${URL}; \`mosaic-telemetry keys`,
  ],
  [statusError(403, undefined), 'HTTP 403', 'MOSAIC_TELEMETRY_API_KEY'],
  [statusError(429, undefined), 'HTTP 429', 'in a minute'],
  [statusError(404, undefined), 'HTTP 404', `Is ${URL} the address`],
  [statusError(422, { error: { message: 'no' } }), 'HTTP 422 (no)', `Is ${URL} the address`],
  [
    new TelemetryError('NETWORK_ERROR', 'cannot reach it', { hint: 'Check.' }),
    'cannot reach it',
    `at ${URL} running?`,
  ],
  [new TelemetryError('TIMEOUT', 'no answer', { hint: 'Raise it.' }), 'no answer', 'mosaic-telemetry serve'],
  [new TelemetryError('BAD_CONFIG', 'not set up'), 'not set up', 'Correct --server-url'],
])('says what happened and what to do: %s', (failure, what, nextStep) => {
  const words = describeFailure(failure, URL)

  expect(words).toEqual({ what, nextStep: expect.stringContaining(nextStep) })
})
