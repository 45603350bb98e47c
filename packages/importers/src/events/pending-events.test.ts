import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import { TelemetryClient } from '@mosaicstack/telemetry-client'
import { taskEventId } from '@mosaicstack/telemetry-client/protocol'
import { describe, expect, it } from 'vitest'

import { repriceRequests } from '../ledger/reprice.ts'
import { bundledPrices, type PriceTable } from '../pricing/price-table.ts'
import { answer, mainFile, prompt, START_MS, uuid } from '../testing/transcript.ts'
import { aWorkbench, type Workbench } from '../testing/workbench.ts'
import { deliverEvents } from './deliver-events.ts'
import { rememberEstimate } from './estimates.ts'
import { markSent, pendingEvents, QUIET_MS, sentSummary, sentUnit } from './pending-events.ts'

const instanceId = uuid(42)
const MINUTE_MS = 60_000

const twoPrompts = [
  prompt('one', { promptId: uuid(1), at: 0 }),
  answer({ id: 'a', at: 1 }),
  prompt('two', { promptId: uuid(2), at: 10 }),
  answer({ id: 'b', at: 11 }),
]

async function imported(lines: readonly unknown[], prices?: PriceTable): Promise<Workbench> {
  const bench = await aWorkbench(prices === undefined ? {} : { prices })
  bench.write(mainFile(), lines)
  await bench.import()
  return bench
}

function readyAt(bench: Workbench, afterMs: number) {
  const { ready, withheld } = pendingEvents(bench.ledger, { instanceId, nowMs: START_MS + afterMs })
  return { prompts: ready.map(({ task }) => task.prompt), withheld }
}

describe('a task is over', () => {
  it('some minutes after the next one began, or when it has been quiet for long', async () => {
    await using bench = await imported(twoPrompts)

    expect(readyAt(bench, 30_000)).toMatchObject({ prompts: [], withheld: { not_final: 2 } })
    expect(readyAt(bench, 5 * MINUTE_MS)).toMatchObject({ prompts: [uuid(1)], withheld: { not_final: 1 } })
    expect(readyAt(bench, QUIET_MS + MINUTE_MS)).toMatchObject({ prompts: [uuid(1), uuid(2)] })
  })

  it('later, if it goes on meanwhile', async () => {
    await using bench = await imported(twoPrompts)
    bench.write(mainFile(), [...twoPrompts, answer({ id: 'c', at: 20 * 60 })])
    await bench.import()

    expect(readyAt(bench, QUIET_MS + MINUTE_MS).prompts).toEqual([uuid(1)])
  })
})

it('takes a task whose session was closed for over, unless it was heard of again', async () => {
  await using bench = await imported(twoPrompts)
  const readyIfEndedAfter = (afterMs: number) =>
    pendingEvents(bench.ledger, {
      instanceId,
      nowMs: START_MS + 12_000,
      sessionEndedAtMs: () => START_MS + afterMs,
    }).ready.map(({ task }) => task.prompt)

  expect(readyIfEndedAfter(11_000)).toEqual([uuid(1), uuid(2)])
  expect(readyIfEndedAfter(5_000)).toEqual([uuid(1)])
})

it('leaves tasks of agents alone that nobody asked for', async () => {
  await using bench = await imported(twoPrompts)
  const pending = (harness: string) =>
    pendingEvents(bench.ledger, {
      instanceId,
      nowMs: START_MS + QUIET_MS * 2,
      harnesses: new Set([harness]),
    }).ready

  expect(pending('codex')).toEqual([])
  expect(pending('claude_code')).toHaveLength(2)
})

it.each(['task', 'session'] as const)('knows that what was sent stands for a %s each', async (per) => {
  await using bench = await imported(twoPrompts)
  expect(sentUnit(bench.ledger)).toBeUndefined()

  markSent(
    bench.ledger,
    pendingEvents(bench.ledger, { instanceId, nowMs: START_MS + QUIET_MS * 2, per }).ready,
    1,
  )

  expect(sentUnit(bench.ledger)).toBe(per)
})

describe('an event', () => {
  it('has the id that every reader of the same task gives it', async () => {
    await using bench = await imported(twoPrompts)

    const { ready } = pendingEvents(bench.ledger, { instanceId, nowMs: START_MS + QUIET_MS * 2 })

    expect(ready[0]?.event.event_id).toBe(
      taskEventId({ harness: 'claude_code', sessionId: uuid(1), promptId: uuid(1) }),
    )
  })

  it('carries what was predicted for its prompt', async () => {
    await using bench = await imported(twoPrompts)
    const estimate = { inputTokens: 7, outputTokens: 8, costUsdMicros: 9, madeAtMs: 1 }
    rememberEstimate(bench.ledger, uuid(1), estimate)
    rememberEstimate(bench.ledger, uuid(1), { ...estimate, inputTokens: 1000 })

    const { ready } = pendingEvents(bench.ledger, { instanceId, nowMs: START_MS + QUIET_MS * 2 })

    expect(ready.map(({ event }) => event.estimated_input_tokens)).toEqual([7, 0])
    expect(ready[0]?.event).toMatchObject({ estimated_output_tokens: 8, estimated_cost_usd_micros: 9 })
  })

  it('is pending until it is sent, and a change after that is only counted', async () => {
    await using bench = await imported(twoPrompts)
    const pending = () => pendingEvents(bench.ledger, { instanceId, nowMs: START_MS + QUIET_MS * 2 })
    markSent(bench.ledger, pending().ready, 1)
    expect(pending().ready).toEqual([])
    bench.write(mainFile(), [...twoPrompts, answer({ id: 'late', at: 12 })])

    await bench.import()

    expect(pending().ready).toEqual([])
    expect(sentSummary(bench.ledger)).toEqual({ sent: 2, changedSince: 1 })
  })

  it('can stand for a whole session', async () => {
    await using bench = await imported(twoPrompts)

    const { ready } = pendingEvents(bench.ledger, {
      instanceId,
      nowMs: START_MS + QUIET_MS * 2,
      per: 'session',
    })

    expect(ready).toHaveLength(1)
    expect(ready[0]?.event).toMatchObject({ actual_output_tokens: 200, task_duration_ms: 2000 })
  })

  it('waits while a price is unknown, and goes when the price arrives', async () => {
    let knows = false
    const bundled = bundledPrices()
    const prices: PriceTable = {
      ...bundled,
      priceNanoUsd: (request) => (knows ? bundled.priceNanoUsd(request) : undefined),
    }
    await using bench = await imported(twoPrompts, prices)
    expect(readyAt(bench, QUIET_MS * 2)).toEqual({
      prompts: [],
      withheld: { not_final: 0, unpriced: 2, no_usage: 0 },
    })
    knows = true

    const repriced = repriceRequests(bench.ledger)

    expect(repriced).toBe(2)
    expect(readyAt(bench, QUIET_MS * 2).prompts).toEqual([uuid(1), uuid(2)])
  })
})

describe('delivery', () => {
  it('hands over each event once, and keeps what a server that is away did not get', async () => {
    await using bench = await imported(twoPrompts)
    const received: string[] = []
    const server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const { events } = JSON.parse(Buffer.concat(parts).toString())
        received.push(...events.map(({ event_id }: { event_id: string }) => event_id))
        const results = events.map(({ event_id }: { event_id: string }) => ({ event_id, status: 'accepted' }))
        response.writeHead(202, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ accepted: results.length, rejected: 0, results }))
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const nothing = { sent: 0, spooled: 0, duplicate: 0, refused: 0, waiting: 0 }
    const deliver = async (serverUrl: string) => {
      await using client = new TelemetryClient({
        serverUrl,
        apiKey: 'a'.repeat(64),
        instanceId,
        maxRetries: 0,
        onError: () => {},
      })
      const { ready } = pendingEvents(bench.ledger, { instanceId, nowMs: START_MS + QUIET_MS * 2 })
      return deliverEvents(bench.ledger, ready, client, { nowMs: () => 1 })
    }

    const away = await deliver('http://127.0.0.1:1')
    const there = await deliver(`http://127.0.0.1:${port}`)
    const again = await deliver(`http://127.0.0.1:${port}`)

    server.close()
    expect([away, there, again]).toEqual([{ ...nothing, waiting: 2 }, { ...nothing, sent: 2 }, nothing])
    expect(received).toHaveLength(2)
  })
})
