import fc from 'fast-check'
import { expect, it } from 'vitest'

import { type EventRows, RowsUnderWay } from '../event-rows.ts'
import { UUID_BYTES } from '../uuid-bytes.ts'
import { orderByKey } from './group-order.ts'

it('puts the rows of a group in the order that PostgreSQL gives their keys', () => {
  const group = [aRequest(7, ['ff', '00']), aRequest(3, ['80', '7f', '00000001'])]

  const { requests, rows } = orderByKey(group)

  expect([...requests]).toEqual([1, 1, 1, 0, 0])
  expect([...rows]).toEqual([2, 1, 0, 1, 0])
})

it('keeps the first of rows with the same key', () => {
  const group = [aRequest(7, ['aa', 'bb', 'aa']), aRequest(7, ['aa', 'cc']), aRequest(8, ['aa'])]

  const { count, requests, rows } = orderByKey(group)

  expect(count).toBe(4)
  expect([...requests]).toEqual([0, 0, 1, 2])
  expect([...rows]).toEqual([0, 1, 1, 0])
})

it('orders any group as its keys are ordered as text, each key once', () => {
  const id = fc.uint8Array({ minLength: 1, maxLength: UUID_BYTES, max: 3 })
  const request = fc.tuple(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.array(id, { maxLength: 8 }))
  fc.assert(
    fc.property(fc.array(request, { maxLength: 6 }), (requests) => {
      const group = requests.map(([instanceNo, ids]) =>
        aRequest(
          instanceNo,
          ids.map((bytes) => Buffer.from(bytes).toString('hex')),
        ),
      )

      const order = orderByKey(group)

      const keys = Array.from(order.rows, (row, index) => keyOf(group[order.requests[index]!]!, row))
      const all = group.flatMap((rows) => Array.from({ length: rows.count }, (_, row) => keyOf(rows, row)))
      expect(keys).toEqual([...new Set(all)].sort())
      expect(order.count).toBe(keys.length)
    }),
  )
})

function keyOf({ instanceNo, eventIds }: EventRows, row: number): string {
  const id = Buffer.from(eventIds.slice(row * UUID_BYTES, (row + 1) * UUID_BYTES)).toString('hex')
  return `${String(instanceNo).padStart(10, '0')}/${id}`
}

/** A request of rows with these ids, as the hexadecimal digits that they begin with. */
function aRequest(instanceNo: number, ids: readonly string[]): EventRows {
  const underWay = new RowsUnderWay(ids.length)
  for (const id of ids) {
    underWay.eventIds.set(Buffer.from(id.padEnd(UUID_BYTES * 2, '0'), 'hex'), underWay.count * UUID_BYTES)
    underWay.keepRow()
  }
  return underWay.of({ instanceId: `instance ${instanceNo}`, instanceNo })
}
