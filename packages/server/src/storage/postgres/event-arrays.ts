import { EVENT_STRIDE, eventColumns } from '../event-columns.ts'
import type { EventRows } from '../event-rows.ts'
import { UUID_BYTES } from '../uuid-bytes.ts'
import { doubleArray, integerArray, uuidArray } from './binary-array.ts'
import type { GroupOrder } from './group-order.ts'
import type { Words } from './words.ts'

/** The arrays that a group is sent as, in the order of their parameters. A double holds every stored number exactly. */
export const INPUT_ARRAYS: readonly { readonly name: string; readonly type: string }[] = [
  { name: 'instance_no', type: 'integer' },
  { name: 'event_id', type: 'uuid' },
  ...eventColumns.map(({ name }) => ({ name, type: 'double precision' })),
]

/** One array for each of `INPUT_ARRAYS`. */
export async function eventArrays(
  group: readonly EventRows[],
  order: GroupOrder,
  words: Words,
): Promise<readonly Buffer[]> {
  const wordNos = await wordNosOf(group, words)
  const { instanceNos, eventIds } = keyArrays(group, order)
  return [
    instanceNos,
    eventIds,
    ...eventColumns.map(({ kind }, column) =>
      doubleArray(order.count, (index) => {
        const request = order.requests[index] as number
        const { values } = group[request] as EventRows
        const value = values[(order.rows[index] as number) * EVENT_STRIDE + column] as number
        return kind === 'word' ? (wordNos[request]?.[value] ?? Number.NaN) : value
      }),
    ),
  ]
}

export function keyArrays(group: readonly EventRows[], { count, requests, rows }: GroupOrder) {
  return {
    instanceNos: integerArray(requests.map((request) => (group[request] as EventRows).instanceNo)),
    eventIds: uuidArray(count, (bytes, offset, index) => {
      const from = (rows[index] as number) * UUID_BYTES
      const { eventIds } = group[requests[index] as number] as EventRows
      for (let byte = 0; byte < UUID_BYTES; byte++) bytes[offset + byte] = eventIds[from + byte] as number
    }),
  }
}

/** Of each request, the numbers of its texts. */
async function wordNosOf(group: readonly EventRows[], words: Words): Promise<readonly (readonly number[])[]> {
  const numbers = await words.numbersOf(new Set(group.flatMap(({ texts }) => texts)))
  return group.map(({ texts }) => texts.map((text) => numbers.get(text) as number))
}
