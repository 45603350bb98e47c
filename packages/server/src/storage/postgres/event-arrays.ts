import { EVENT_STRIDE, eventColumns, wordColumns } from '../event-columns.ts'
import type { EventRows } from '../event-rows.ts'
import type { Words } from './words.ts'

/** One row of a group, and where in the group it came from. */
export interface SortedRow {
  readonly key: string
  readonly rows: EventRows
  readonly request: number
  readonly row: number
  readonly eventId: string
}

/** The arrays that a group is sent as, in the order of their parameters. */
export const INPUT_ARRAYS: readonly { readonly name: string; readonly type: string }[] = [
  { name: 'instance_no', type: 'bigint' },
  { name: 'event_id', type: 'uuid' },
  ...eventColumns.map(({ name }) => ({
    name,
    type: name === 'context_utilization_final' ? 'double precision' : 'bigint',
  })),
]

/**
 * The rows of a group by key, each key once: the first to arrive is the one that is stored, and PostgreSQL need not be
 * told of the others.
 */
export function sortedRows(requests: readonly EventRows[]): readonly SortedRow[] {
  const byKey = new Map<string, SortedRow>()
  for (const [request, rows] of requests.entries()) {
    const hex = Buffer.from(rows.eventIds.buffer, rows.eventIds.byteOffset, rows.eventIds.length).toString(
      'hex',
    )
    for (let row = 0; row < rows.count; row++) {
      const eventId = hex.slice(row * 32, row * 32 + 32)
      const key = `${rows.instanceNo}/${eventId}`
      if (!byKey.has(key)) byKey.set(key, { key, rows, request, row, eventId })
    }
  }
  return [...byKey.values()].sort(
    (a, b) => a.rows.instanceNo - b.rows.instanceNo || (a.eventId < b.eventId ? -1 : 1),
  )
}

/** Array literals, written here: the values are numbers and ids, so nothing needs to be escaped. */
export async function eventArrays(sorted: readonly SortedRow[], words: Words): Promise<readonly string[]> {
  const numbers = await words.numbersOf(wordsIn(sorted))
  const { instanceNos, eventIds } = keysOf(sorted)
  return [
    instanceNos,
    eventIds,
    ...eventColumns.map(({ kind }, column) =>
      arrayLiteral(sorted, (row) => {
        const value = valueOf(row, column)
        if (Number.isNaN(value)) return null
        return kind === 'word' ? numbers.get(textOf(row, column) as string) : value
      }),
    ),
  ]
}

export function keysOf(sorted: readonly SortedRow[]) {
  return {
    instanceNos: arrayLiteral(sorted, ({ rows }) => rows.instanceNo),
    eventIds: arrayLiteral(sorted, ({ eventId }) => eventId),
  }
}

function arrayLiteral(
  sorted: readonly SortedRow[],
  value: (row: SortedRow) => number | string | null | undefined,
): string {
  let text = '{'
  for (const row of sorted) text += text === '{' ? (value(row) ?? 'NULL') : `,${value(row) ?? 'NULL'}`
  return `${text}}`
}

function wordsIn(sorted: readonly SortedRow[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const row of sorted) {
    for (const column of wordColumns) {
      const text = textOf(row, column)
      if (text !== undefined) found.add(text)
    }
  }
  return found
}

function textOf(row: SortedRow, column: number): string | undefined {
  return row.rows.texts[valueOf(row, column)]
}

function valueOf({ rows, row }: SortedRow, column: number): number {
  return rows.values[row * EVENT_STRIDE + column] as number
}
