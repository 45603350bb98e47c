import { describe, expect, it } from 'vitest'

import { TelemetryError } from '../telemetry-error.ts'
import { FakeClock, settled } from '../testing/fake-clock.ts'
import { deferred } from './deferred.ts'
import { DeliveryLoop } from './delivery-loop.ts'
import { MemoryBacklog } from './memory-backlog.ts'
import { Sleeper } from './sleeper.ts'
import { type Batch, type BatchReport, DELIVERED, type Setback, WAITING } from './transport.ts'

const cause = new TelemetryError('HTTP_ERROR', 'HTTP 503')
const AWAY: Setback = { kind: 'try_again', afterMs: undefined, cause }

/** A loop of ten-second cycles, batches of two, early at six; its deliveries end when the test says so. */
function aLoop() {
  const clock = new FakeClock()
  const backlog = new MemoryBacklog(100, () => {})
  const underWay: { readonly batch: Batch; end(setback?: Setback): void }[] = []
  const errors: Error[] = []
  const loop = new DeliveryLoop({
    backlog,
    delivery: {
      deliver(batch, signal) {
        const report = deferred<BatchReport>()
        const giveUp = (): void => end(AWAY)
        const end = (setback?: Setback): void => {
          signal.removeEventListener('abort', giveUp)
          report.resolve({ fates: batch.map(() => (setback === undefined ? DELIVERED : WAITING)), setback })
        }
        signal.addEventListener('abort', giveUp)
        underWay.push({ batch, end })
        return report.promise
      },
    },
    clock,
    sleeper: new Sleeper(clock),
    intervalMs: 10_000,
    flushEarlyAt: 6,
    limits: { maxRecords: 2, maxBytes: 1000 },
    onFate: () => {},
    onSetback: (error) => errors.push(error),
  })
  const add = (count: number): void => {
    for (let index = 0; index < count; index++) {
      backlog.add({})
      loop.added()
    }
  }
  /** Ends what is under way, and what follows from it, until nothing is. */
  const endAll = async (setback?: Setback): Promise<void> => {
    for (await settled(); underWay.length > 0; await settled()) {
      for (const delivery of underWay.splice(0)) delivery.end(setback)
    }
  }
  return { add, backlog, clock, endAll, errors, loop, underWay }
}

describe('a delivery loop', () => {
  it('sends an interval after the first record', async () => {
    const { add, clock, loop, underWay } = aLoop()
    loop.start()
    add(1)

    await clock.advance(9999)
    add(1)
    const before = underWay.length
    await clock.advance(1)

    expect(before).toBe(0)
    expect(underWay.map(({ batch }) => batch.length)).toEqual([2])
  })

  it('sends at once when enough records wait, and what waited before start()', async () => {
    const early = aLoop()
    early.loop.start()
    early.add(6)
    const queued = aLoop()
    queued.add(1)
    queued.loop.start()

    await early.clock.advance(0)
    await queued.clock.advance(0)

    expect(early.underWay).toHaveLength(3)
    expect(queued.underWay).toHaveLength(1)
  })

  it('has six batches under way at most', async () => {
    const { add, backlog, endAll, loop, underWay } = aLoop()
    add(40)

    const flushed = loop.flush()
    await settled()
    const most = underWay.length
    await endAll()
    await flushed

    expect(most).toBe(6)
    expect(backlog.size).toBe(0)
  })

  it('sends new records while an older batch still waits for its next try', async () => {
    const { add, clock, loop, underWay } = aLoop()
    loop.start()
    add(2)
    await clock.advance(10_000)

    add(6)
    await clock.advance(0)

    expect(underWay).toHaveLength(4)
  })

  it('reports a setback once a cycle, and lets even a full queue wait after it', async () => {
    const { add, clock, endAll, errors, loop, underWay } = aLoop()
    loop.start()
    add(40)
    await clock.advance(0)
    await endAll(AWAY)
    const reported = errors.length

    add(40)
    await clock.advance(9999)
    const before = underWay.length
    await clock.advance(1)

    expect(reported).toBe(1)
    expect(before).toBe(0)
    expect(underWay).toHaveLength(6)
  })

  it('keeps trying while it stops and has time, and ends when it has none', async () => {
    const { add, clock, endAll, loop, underWay } = aLoop()
    loop.start()
    add(1)

    const stopped = loop.stop(2000)
    await endAll(AWAY)
    await clock.advance(500)
    await endAll(AWAY)
    await clock.advance(500)
    const lastTry = underWay.length
    await clock.advance(1000)
    await stopped

    expect(lastTry).toBe(1)
    expect(loop.isRunning).toBe(false)
    expect(clock.delaysMs).toEqual([])
  })

  it('does not keep trying where its key is refused', async () => {
    const { add, endAll, loop } = aLoop()
    add(1)

    const stopped = loop.stop(60_000)
    await endAll({ kind: 'denied', cause })

    await expect(stopped).resolves.toBeUndefined()
  })

  it('takes a delivery that throws for a setback', async () => {
    const clock = new FakeClock()
    const backlog = new MemoryBacklog(100, () => {})
    const errors: Error[] = []
    const loop = new DeliveryLoop({
      backlog,
      delivery: { deliver: () => Promise.reject(new TypeError('a bug')) },
      clock,
      sleeper: new Sleeper(clock),
      intervalMs: 10_000,
      flushEarlyAt: 6,
      limits: { maxRecords: 2, maxBytes: 1000 },
      onFate: () => {},
      onSetback: (error) => errors.push(error),
    })
    backlog.add({})

    await loop.flush()

    expect(backlog.size).toBe(1)
    expect(errors).toEqual([expect.objectContaining({ code: 'INTERNAL' })])
  })
})
