import { expect, it } from 'vitest'

import { TelemetryError } from '../telemetry-error.ts'
import { settled } from '../testing/fake-clock.ts'
import { ProbeGate } from './probe-gate.ts'
import type { Setback } from './transport.ts'

const AWAY: Setback = { kind: 'try_again', afterMs: undefined, cause: new TelemetryError('TIMEOUT', 'away') }
const A = ['a']
const B = ['b']
const C = ['c']

/** One that the server has asked to wait, and that no batch probes yet. */
function aShutGate(): ProbeGate {
  const gate = new ProbeGate()
  const asked = { ...AWAY, afterMs: 1000 } as const
  const batch = ['z']
  gate.fail(batch, asked)
  gate.leave(batch, asked)
  return gate
}

/** What has become of a wait so far. */
async function stateOf(wait: Promise<Setback | undefined>): Promise<Setback | 'may go' | 'waits'> {
  let state: Setback | 'may go' | 'waits' = 'waits'
  void wait.then((setback) => (state = setback ?? 'may go'))
  await settled()
  return state
}

it('lets everybody go in the beginning', async () => {
  const gate = new ProbeGate()

  expect(await stateOf(gate.pass(A))).toBe('may go')
  expect(await stateOf(gate.pass(B))).toBe('may go')
})

it('lets one batch try where it is shut, and the others wait until it got through', async () => {
  const gate = aShutGate()

  const first = gate.pass(A)
  const second = gate.pass(B)
  const before = await stateOf(second)
  gate.open()

  expect(await stateOf(first)).toBe('may go')
  expect(before).toBe('waits')
  expect(await stateOf(second)).toBe('may go')
  expect(await stateOf(gate.pass(C))).toBe('may go')
})

it('tells the others why they need not try when the probe gives up', async () => {
  const gate = aShutGate()
  await gate.pass(A)
  const second = gate.pass(B)

  gate.fail(A, AWAY)
  gate.leave(A, AWAY)

  expect(await stateOf(second)).toBe(AWAY)
  expect(await stateOf(gate.pass(C))).toBe('may go')
})

it('lets another batch take over when the probe ends without a verdict', async () => {
  const gate = aShutGate()
  await gate.pass(A)
  const second = gate.pass(B)
  const third = gate.pass(C)

  gate.leave(A, undefined)

  expect(await stateOf(second)).toBe('may go')
  expect(await stateOf(third)).toBe('waits')
})

it('is shut by three failures in a row, and the batch of the third is the probe', async () => {
  const gate = new ProbeGate()
  await Promise.all([gate.pass(A), gate.pass(B), gate.pass(C)])

  gate.fail(A, AWAY)
  gate.fail(B, AWAY)
  const afterTwo = await stateOf(gate.pass(C))
  gate.fail(C, AWAY)

  expect(afterTwo).toBe('may go')
  expect(await stateOf(gate.pass(C))).toBe('may go')
  expect(await stateOf(gate.pass(A))).toBe('waits')
})

it('forgets failures when somebody gets through', async () => {
  const gate = new ProbeGate()

  for (let round = 0; round < 5; round++) {
    gate.fail(A, AWAY)
    gate.fail(B, AWAY)
    gate.open()
  }

  expect(await stateOf(gate.pass(A))).toBe('may go')
})

it('is shut at once when the server asks us to wait', async () => {
  const gate = new ProbeGate()

  gate.fail(A, { ...AWAY, afterMs: 1000 })

  expect(await stateOf(gate.pass(B))).toBe('waits')
})
