import { describe, expect, it } from 'vitest'

import { TelemetryError } from '../telemetry-error.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { backoffMs, retrying } from './retrying.ts'
import { Sleeper } from './sleeper.ts'
import type { BatchOutcome, Transport } from './transport.ts'

const DONE: BatchOutcome = { kind: 'answered', fates: [] }
const cause = new TelemetryError('HTTP_ERROR', 'HTTP 503')

function away(afterMs?: number): BatchOutcome {
  return { kind: 'try_again', afterMs, cause }
}

/** A transport that gives these outcomes one after the other, and a retrying one around it that waits half the maximum. */
function setUp(...outcomes: BatchOutcome[]) {
  const clock = new FakeClock()
  const sleeper = new Sleeper(clock)
  let tries = 0
  let retries = 0
  const inner: Transport = { send: async () => outcomes[tries++] ?? DONE }
  const transport = retrying(inner, { maxRetries: 3, random: () => 0.5 }, sleeper, () => retries++)
  return { clock, sleeper, transport, tries: () => tries, retries: () => retries }
}

describe('retrying', () => {
  it('waits a random part of 1, 2, 4 … seconds between tries, 60 at most', () => {
    const delays = [1, 2, 3, 7, 8, 60].map((attempt) => backoffMs(attempt, () => 1))

    expect(delays).toEqual([1000, 2000, 4000, 60_000, 60_000, 60_000])
    expect(backoffMs(3, () => 0)).toBe(0)
  })

  it('tries again until the server is back', async () => {
    const { clock, retries, transport } = setUp(away(), away(), DONE)

    const outcome = transport.send(['{}'], new AbortController().signal)
    await clock.advance(500 + 1000)

    expect(await outcome).toBe(DONE)
    expect(retries()).toBe(2)
  })

  it('gives up after the last retry', async () => {
    const { clock, transport, tries } = setUp(away(), away(), away(), away(), away())

    const outcome = transport.send(['{}'], new AbortController().signal)
    await clock.advance(60_000)

    expect(await outcome).toEqual(away())
    expect(tries()).toBe(4)
  })

  it('waits as long as the server asks, even if somebody is in a hurry', async () => {
    const { clock, sleeper, transport, tries } = setUp(away(7000), DONE)

    const outcome = transport.send(['{}'], new AbortController().signal)
    await clock.advance(6999)
    sleeper.wake()
    const triesBefore = tries()
    await clock.advance(1)

    expect(triesBefore).toBe(1)
    expect(await outcome).toBe(DONE)
  })

  it('leaves a wait of more than a minute to the next cycle', async () => {
    const { transport } = setUp(away(61_000))

    const outcome = await transport.send(['{}'], new AbortController().signal)

    expect(outcome).toEqual(away(61_000))
  })

  it('tries at once when somebody is in a hurry', async () => {
    const { clock, sleeper, transport } = setUp(away(), DONE)

    const outcome = transport.send(['{}'], new AbortController().signal)
    await clock.advance(0)
    sleeper.wake()

    expect(await outcome).toBe(DONE)
    expect(clock.delaysMs).toEqual([])
  })

  it('stops waiting when it is aborted', async () => {
    const { clock, transport, tries } = setUp(away(), DONE)
    const abort = new AbortController()

    const outcome = transport.send(['{}'], abort.signal)
    await clock.advance(0)
    abort.abort()

    expect(await outcome).toEqual(away())
    expect(tries()).toBe(1)
  })

  it('does not try again what will not get better', async () => {
    const denied: BatchOutcome = { kind: 'denied', cause }
    const { transport, tries } = setUp(denied)

    expect(await transport.send(['{}'], new AbortController().signal)).toBe(denied)
    expect(tries()).toBe(1)
  })
})
