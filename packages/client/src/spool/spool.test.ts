import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { SpoolOptions } from '../delivery/backlog.ts'
import { systemClock } from '../delivery/clock.ts'
import { DELIVERED, WAITING, type Fate } from '../delivery/transport.ts'
import { TelemetryError } from '../telemetry-error.ts'
import type { ProcessIdentity } from './process-identity.ts'
import { nodeSpoolFiles, type SpoolFiles } from './spool-files.ts'
import { Spool } from './spool.ts'

const LIMITS = { maxRecords: 100, maxBytes: 1_000_000 }

let directory: string
let now: number
let nonce: number

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spool-'))
  now = Date.now()
  nonce = 0
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A process of this machine; those in `gone` run no more. */
function aProcess(pid: number, gone: readonly number[] = []): ProcessIdentity {
  return {
    host: 'aaaaaaaa',
    pid,
    isGone: (owner) => owner.host === 'aaaaaaaa' && gone.includes(owner.pid),
    newNonce: () => (nonce++).toString(16).padStart(12, '0'),
  }
}

interface Told {
  readonly losses: Record<string, number>
  adopted: number
  handedOver: number
  readonly errors: Error[]
}

function aSpool(
  self: ProcessIdentity,
  options: Partial<SpoolOptions> = {},
  files: SpoolFiles = nodeSpoolFiles,
): { spool: Spool; told: Told } {
  const told: Told = { losses: {}, adopted: 0, handedOver: 0, errors: [] }
  const clock = { now: () => now, after: systemClock.after }
  const all: SpoolOptions = {
    directory,
    destination: 'http://server instance',
    maxBytes: 10_000_000,
    maxAgeMs: 86_400_000,
    maxRecordsInMemory: 100,
    clock,
    onLoss: (reason, count) => (told.losses[reason] = (told.losses[reason] ?? 0) + count),
    onSpooled: () => {},
    onAdopted: (count) => (told.adopted += count),
    onHandedOver: (count) => (told.handedOver += count),
    report: (error) => told.errors.push(error),
    ...options,
  }
  return { spool: new Spool(all, files, self), told }
}

function idsOf(batch: readonly string[]): number[] {
  return batch.map((json) => (JSON.parse(json) as { id: number }).id)
}

/** Takes one batch and gives every record of it the same fate. */
function takeAll(spool: Spool, fate: Fate = DELIVERED, limits = LIMITS): number[] {
  const lease = spool.lease(limits)
  lease?.settle(lease.batch.map(() => fate))
  return idsOf(lease?.batch ?? [])
}

function segments(): string[] {
  return readdirSync(directory).filter((file) => file.startsWith('v1-'))
}

describe('a spool', () => {
  it('hands out records in their order and leaves no file behind when all are delivered', () => {
    const { spool } = aSpool(aProcess(1))
    for (let id = 0; id < 5; id++) spool.add({ id })

    const lease = spool.lease({ maxRecords: 3, maxBytes: 1_000_000 })
    lease?.settle([DELIVERED, WAITING, DELIVERED])
    const rest = takeAll(spool)

    expect(idsOf(lease?.batch ?? [])).toEqual([0, 1, 2])
    expect(rest).toEqual([1, 3, 4])
    expect(spool.size).toBe(0)
    expect(segments()).toEqual([])
  })

  it('has every record in a file before add() returns', () => {
    const { spool } = aSpool(aProcess(1))

    spool.add({ id: 7 })

    expect(readFileSync(join(directory, segments()[0]!), 'utf8')).toContain('{"id":7}')
  })

  it('makes files that only their owner can read', () => {
    const own = join(directory, 'own')
    const { spool } = aSpool(aProcess(1), { directory: own })

    spool.add({ id: 1 })

    expect(statSync(own).mode & 0o777).toBe(0o700)
    expect(statSync(join(own, readdirSync(own)[0]!)).mode & 0o777).toBe(0o600)
  })

  it('adopts what a process left behind that is gone, and leaves a living one alone', () => {
    const dead = aSpool(aProcess(1)).spool
    const alive = aSpool(aProcess(2)).spool
    dead.add({ id: 1 })
    alive.add({ id: 2 })

    const { spool, told } = aSpool(aProcess(3, [1]))
    spool.open()

    expect(takeAll(spool)).toEqual([1])
    expect(told.adopted).toBe(1)
    expect(takeAll(alive)).toEqual([2])
    spool.close()
  })

  it('adopts a segment that nobody has touched for half a minute, whoever owned it', () => {
    const stalled = aSpool({ ...aProcess(1), host: 'bbbbbbbb' }).spool
    stalled.add({ id: 1 })

    const { spool } = aSpool(aProcess(2))
    spool.open()
    const before = takeAll(spool)
    now += 31_000
    const after = takeAll(spool)

    expect(before).toEqual([])
    expect(after).toEqual([1])
    spool.close()
  })

  it('starts a new segment when the old one was adopted while its owner was suspended', () => {
    const { spool: suspended, told } = aSpool({ ...aProcess(1), host: 'bbbbbbbb' })
    suspended.add({ id: 1 })
    now += 31_000
    const { spool: adopter } = aSpool(aProcess(2))
    adopter.open()
    takeAll(adopter)

    suspended.add({ id: 2 })

    expect(takeAll(suspended)).toEqual([2])
    expect(told.handedOver).toBe(1)
    adopter.close()
  })

  it('gives everything back at close(), for the next client to adopt at once', () => {
    const first = aSpool(aProcess(1))
    first.spool.open()
    first.spool.add({ id: 1 })
    first.spool.close()

    const { spool } = aSpool(aProcess(2))
    spool.open()

    expect(first.told.handedOver).toBe(1)
    expect(takeAll(spool)).toEqual([1])
    spool.close()
  })

  it('leaves records of another destination alone', () => {
    aSpool(aProcess(1), { destination: 'elsewhere' }).spool.add({ id: 1 })

    const { spool } = aSpool(aProcess(2, [1]))
    spool.open()

    expect(takeAll(spool)).toEqual([])
    spool.close()
  })

  it('skips a torn last record and counts it', () => {
    const dead = aSpool(aProcess(1)).spool
    dead.add({ id: 1 })
    dead.add({ id: 2 })
    const file = join(directory, segments()[0]!)
    truncateSync(file, statSync(file).size - 5)

    const { spool, told } = aSpool(aProcess(2, [1]))
    spool.open()

    expect(takeAll(spool)).toEqual([1])
    expect(told.losses).toEqual({ damaged: 1 })
    spool.close()
  })

  it('gives up its oldest records when the directory is too large, and counts them', () => {
    const { spool, told } = aSpool(aProcess(1), { maxBytes: 200_000 })
    for (let id = 0; id < 1000; id++) spool.add({ id, padding: 'x'.repeat(1000) })

    const kept = spool.size
    const oldest = takeAll(spool)[0]

    expect(kept).toBeLessThan(250)
    expect(kept).toBeGreaterThan(100)
    expect(oldest).toBe(1000 - kept)
    expect(told.losses).toEqual({ spool_full: 1000 - kept })
  })

  it('drops records beyond the age limit, and counts them', () => {
    const { spool, told } = aSpool(aProcess(1), { maxAgeMs: 1000 })
    spool.add({ id: 1 })
    now += 2000
    spool.add({ id: 2 })

    expect(takeAll(spool)).toEqual([2])
    expect(told.losses).toEqual({ expired: 1 })
    expect(spool.size).toBe(0)
  })

  it('keeps what the server refused in the dead letter, with the reason', () => {
    const { spool } = aSpool(aProcess(1))
    spool.add({ id: 1 })

    takeAll(spool, { kind: 'refused', cause: new TelemetryError('EVENT_REFUSED', 'too old') })

    const line = readFileSync(join(directory, 'dead-letter.ndjson'), 'utf8')
    expect(JSON.parse(line)).toMatchObject({ reason: 'too old', record: { id: 1 } })
    expect(segments()).toEqual([])
  })

  it('degrades to memory while the disk takes nothing, says so once, and recovers in order', () => {
    let isFull = false
    const files: SpoolFiles = {
      ...nodeSpoolFiles,
      openForAppend(file) {
        if (isFull) throw new Error('ENOSPC: no space left on device')
        return nodeSpoolFiles.openForAppend(file)
      },
      append(handle, bytes) {
        // The disk takes half of the record that fills it.
        return nodeSpoolFiles.append(handle, isFull ? bytes.subarray(0, bytes.length / 2) : bytes)
      },
    }
    const { spool, told } = aSpool(aProcess(1), {}, files)
    spool.add({ id: 1 })
    isFull = true
    for (let id = 2; id < 10; id++) spool.add({ id })
    const whileFull = spool.size
    isFull = false
    now += 10_000
    spool.add({ id: 10 })

    expect(whileFull).toBe(9)
    expect(told.errors).toHaveLength(1)
    expect(told.errors[0]?.message).toContain('disk is full')
    expect(takeAll(spool)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(told.losses).toEqual({})
  })

  it('works in memory where the directory cannot be made', () => {
    const occupied = join(directory, 'file')
    writeFileSync(occupied, '')
    const { spool, told } = aSpool(aProcess(1), { directory: join(occupied, 'spool') })

    spool.add({ id: 1 })

    expect(takeAll(spool)).toEqual([1])
    expect(told.errors).toHaveLength(1)
  })

  it('keeps what is added after close()', () => {
    const { spool } = aSpool(aProcess(1))
    spool.open()
    spool.close()
    spool.add({ id: 1 })

    const next = aSpool(aProcess(2, [1])).spool
    next.open()

    expect(takeAll(next)).toEqual([1])
    next.close()
  })

  it('reads a burst of 25 000 back with flat memory', () => {
    const { spool } = aSpool(aProcess(1), { maxBytes: 100_000_000 })
    for (let id = 0; id < 25_000; id++) spool.add({ id, padding: 'x'.repeat(800) })
    const before = process.memoryUsage().arrayBuffers

    let next = 0
    let most = 0
    while (spool.size > 0) {
      for (const id of takeAll(spool)) expect(id).toBe(next++)
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }

    expect(next).toBe(25_000)
    expect(most).toBeLessThan(16 * 1024 * 1024)
    expect(segments()).toEqual([])
  })
})
