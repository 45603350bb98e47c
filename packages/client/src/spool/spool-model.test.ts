import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'

import type { SpoolOptions } from '../delivery/backlog.ts'
import { DELIVERED, WAITING } from '../delivery/transport.ts'
import type { ProcessIdentity } from './process-identity.ts'
import { nodeSpoolFiles } from './spool-files.ts'
import { Spool } from './spool.ts'

/** Processes on one directory, which can die without a word. Records are numbers, delivered at least once. */
class World {
  readonly delivered: number[] = []
  readonly added: number[] = []
  readonly #directory = mkdtempSync(join(tmpdir(), 'spool-model-'))
  readonly #running = new Map<number, Spool>()
  #nextPid = 1
  #nextNonce = 1

  start(): void {
    const pid = this.#nextPid++
    const spool = new Spool(this.#options(), nodeSpoolFiles, this.#identity(pid))
    spool.open()
    this.#running.set(pid, spool)
  }

  add(which: number, count: number): void {
    const spool = this.#pick(which)?.[1]
    if (spool === undefined) return
    for (let index = 0; index < count; index++) {
      this.added.push(this.added.length)
      spool.add({ id: this.added.length - 1, padding: 'x'.repeat(200) })
    }
  }

  /** Sends a batch, of which every third record has to wait. */
  deliver(which: number, isPartial: boolean): void {
    const lease = this.#pick(which)?.[1].lease({ maxRecords: 10, maxBytes: 100_000 })
    if (lease === undefined) return
    const isWaiting = (index: number): boolean => isPartial && index % 3 === 0
    for (const [index, json] of lease.batch.entries()) {
      if (!isWaiting(index)) this.delivered.push((JSON.parse(json) as { id: number }).id)
    }
    lease.settle(lease.batch.map((_, index) => (isWaiting(index) ? WAITING : DELIVERED)))
  }

  /** The process dies; perhaps after the server took a batch, and before that could be noted. */
  crash(which: number, inMidBatch: boolean): void {
    const [pid, spool] = this.#pick(which) ?? []
    if (pid === undefined || spool === undefined) return
    if (inMidBatch) {
      const batch = spool.lease({ maxRecords: 10, maxBytes: 100_000 })?.batch ?? []
      for (const json of batch) this.delivered.push((JSON.parse(json) as { id: number }).id)
    }
    this.#running.delete(pid)
  }

  stop(which: number): void {
    const [pid, spool] = this.#pick(which) ?? []
    if (pid === undefined) return
    spool?.close()
    this.#running.delete(pid)
  }

  /** Everything else dies, and one last client delivers what it finds. */
  finish(): string[] {
    this.#running.clear()
    this.start()
    for (let batches = 0; batches < 1000; batches++) this.deliver(0, false)
    this.stop(0)
    const left = readdirSync(this.#directory)
    rmSync(this.#directory, { recursive: true })
    return left
  }

  #pick(which: number): [number, Spool] | undefined {
    const running = [...this.#running]
    return running[which % running.length]
  }

  #identity(pid: number): ProcessIdentity {
    return {
      host: 'aaaaaaaa',
      pid,
      isGone: (owner) => !this.#running.has(owner.pid) && owner.pid !== pid,
      newNonce: () => (this.#nextNonce++).toString(16).padStart(12, '0'),
    }
  }

  #options(): SpoolOptions {
    return {
      directory: this.#directory,
      destination: 'server',
      maxBytes: 400_000,
      maxAgeMs: 86_400_000,
      maxRecordsInMemory: 10,
      clock: { now: Date.now, after: () => () => {} },
      onLoss: (reason, count) => expect.fail(`${count} records were lost: ${reason}`),
      onSpooled: () => {},
      onAdopted: () => {},
      onHandedOver: () => {},
      report: (error) => expect.fail(error.message),
    }
  }
}

it('delivers every record at least once, in whatever order processes start, send, stop and crash', () => {
  const which = fc.nat({ max: 3 })
  const step = fc.oneof(
    fc.constant((world: World) => world.start()),
    {
      weight: 3,
      arbitrary: fc.tuple(which, fc.integer({ min: 1, max: 40 })).map(
        ([at, count]) =>
          (world: World) =>
            world.add(at, count),
      ),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(which, fc.boolean()).map(
        ([at, partial]) =>
          (world: World) =>
            world.deliver(at, partial),
      ),
    },
    fc.tuple(which, fc.boolean()).map(
      ([at, midBatch]) =>
        (world: World) =>
          world.crash(at, midBatch),
    ),
    which.map((at) => (world: World) => world.stop(at)),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const world = new World()
      world.start()

      for (const act of steps) act(world)
      const left = world.finish()

      expect([...new Set(world.delivered)].sort((a, b) => a - b)).toEqual(world.added)
      expect(left).toEqual([])
    }),
    { numRuns: 80 },
  )
})
