import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Lease } from './backlog.ts'
import { MemoryBacklog } from './memory-backlog.ts'
import { DELIVERED, WAITING } from './transport.ts'

const LIMITS = { maxRecords: 3, maxBytes: 1000 }

function aBacklog(maxRecords = 1000) {
  const losses: [reason: string, count: number][] = []
  return { backlog: new MemoryBacklog(maxRecords, (reason, count) => losses.push([reason, count])), losses }
}

function idsOf(lease: Lease | undefined): number[] {
  return (lease?.batch ?? []).map((json) => (JSON.parse(json) as { id: number }).id)
}

describe('MemoryBacklog', () => {
  it('counts records on their way as not settled', () => {
    const { backlog } = aBacklog()
    for (let id = 0; id < 5; id++) backlog.add({ id })

    const lease = backlog.lease(LIMITS)
    const during = [backlog.size, backlog.waiting]
    lease?.settle([DELIVERED, WAITING, DELIVERED])

    expect(during).toEqual([5, 2])
    expect([backlog.size, backlog.waiting]).toEqual([3, 3])
  })

  it('hands out no more bytes than asked for, but at least one record', () => {
    const { backlog } = aBacklog()
    for (const text of ['x'.repeat(2000), 'y', 'z'.repeat(990)]) backlog.add({ text })

    const sizes = [1, 2, 3].map(() => backlog.lease(LIMITS)?.batch.length)

    expect(sizes).toEqual([1, 1, 1])
  })

  it('keeps the order, however many leases end in whatever order', () => {
    const ends = fc.array(
      fc.record({ which: fc.nat(), fates: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }) }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), ends, (count, plan) => {
        const { backlog } = aBacklog()
        for (let id = 0; id < count; id++) backlog.add({ id })
        const delivered = new Set<number>()
        const open: Lease[] = []
        for (let lease = backlog.lease(LIMITS); lease !== undefined; lease = backlog.lease(LIMITS))
          open.push(lease)

        for (const { fates, which } of plan) {
          const [lease] = open.splice(which % Math.max(open.length, 1), 1)
          if (lease === undefined) break
          for (const [index, id] of idsOf(lease).entries()) if (fates[index] === true) delivered.add(id)
          lease.settle(lease.batch.map((_, index) => (fates[index] === true ? DELIVERED : WAITING)))
        }
        for (const lease of open) lease.settle(lease.batch.map(() => WAITING))

        const rest = idsOf(backlog.lease({ maxRecords: 100, maxBytes: 100_000 }))
        expect(rest).toEqual(Array.from({ length: count }, (_, id) => id).filter((id) => !delivered.has(id)))
      }),
    )
  })

  it('counts what it still has when it is closed, and what comes after that', () => {
    const { backlog, losses } = aBacklog()
    backlog.add({ id: 1 })

    backlog.close()
    backlog.add({ id: 2 })
    backlog.open()
    backlog.add({ id: 3 })

    expect(losses).toEqual([
      ['stopped', 1],
      ['stopped', 1],
    ])
    expect(idsOf(backlog.lease(LIMITS))).toEqual([3])
  })
})
