import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { TelemetryError } from '../telemetry-error.ts'
import { halving } from './halving.ts'
import { type BatchOutcome, DELIVERED, type Transport } from './transport.ts'

const cause = new TelemetryError('HTTP_ERROR', 'HTTP 400')
const signal = new AbortController().signal

/** Refuses any batch with a poison record in it; afterwards `sent` holds what arrived, in order. */
function poisonedServer(): { transport: Transport; sent: string[]; requests: () => number } {
  const sent: string[] = []
  let requests = 0
  const transport: Transport = {
    async send(batch): Promise<BatchOutcome> {
      requests++
      if (batch.includes('poison')) return { kind: 'at_fault', cause }
      sent.push(...batch)
      return { kind: 'answered', fates: batch.map(() => DELIVERED) }
    },
  }
  return { transport, sent, requests: () => requests }
}

describe('halving', () => {
  it('refuses exactly the poison and delivers the rest in order, wherever the poison is', async () => {
    const records = fc.array(fc.oneof({ weight: 9, arbitrary: fc.string() }, fc.constant('poison')), {
      minLength: 1,
      maxLength: 100,
    })
    await fc.assert(
      fc.asyncProperty(records, async (batch) => {
        const { sent, transport } = poisonedServer()

        const { fates, setback } = await halving(transport).deliver(batch, signal)

        expect(fates.map(({ kind }) => kind)).toEqual(
          batch.map((record) => (record === 'poison' ? 'refused' : 'delivered')),
        )
        expect(sent).toEqual(batch.filter((record) => record !== 'poison'))
        expect(setback).toBeUndefined()
      }),
    )
  })

  it('finds one poison among a hundred with fifteen requests', async () => {
    const { requests, transport } = poisonedServer()
    const batch = Array.from({ length: 100 }, (_, index) => (index === 42 ? 'poison' : 'fine'))

    await halving(transport).deliver(batch, signal)

    expect(requests()).toBeLessThanOrEqual(15)
  })

  it('keeps what was delivered and leaves the rest waiting when the server goes away in the middle', async () => {
    const outcomes: BatchOutcome[] = [
      { kind: 'at_fault', cause },
      { kind: 'answered', fates: [DELIVERED, DELIVERED] },
      { kind: 'try_again', afterMs: 5, cause },
    ]
    const transport: Transport = { send: async () => outcomes.shift()! }

    const { fates, setback } = await halving(transport).deliver(['a', 'b', 'c', 'd'], signal)

    expect(fates.map(({ kind }) => kind)).toEqual(['delivered', 'delivered', 'waiting', 'waiting'])
    expect(setback).toEqual({ kind: 'try_again', afterMs: 5, cause })
  })
})
