import type { IdOrder } from './event-ids.ts'

/** One combination of everything that throughput may depend on. */
export interface Cell {
  readonly perBatch: number
  readonly connections: number
  readonly storedEvents: number
  readonly ids: IdOrder
}

/** Where everything but one thing is varied from. */
const BASE = { connections: 16, storedEvents: 0, ids: 'random' } as const
const CONNECTIONS = [1, 4, 16, 64]
const STORED = [0, 1_000_000, 5_000_000]
const ORDERS = ['random', 'ordered'] as const

/** What of the matrix is wanted. */
export interface CellFilter {
  readonly connections: readonly number[]
  readonly storedEvents: readonly number[]
  /** Every combination, instead of connections on an empty store, and stored events and order of ids on 16 of them. */
  readonly isFull: boolean
}

export const everything: CellFilter = { connections: CONNECTIONS, storedEvents: STORED, isFull: false }

export function cellsOf(perBatch: number, wanted: CellFilter): readonly Cell[] {
  const all = ORDERS.flatMap((ids) =>
    wanted.storedEvents.flatMap((storedEvents) =>
      wanted.connections.map((connections) => ({ perBatch, connections, storedEvents, ids })),
    ),
  )
  if (wanted.isFull) return all
  return all.filter(
    ({ connections, storedEvents, ids }) =>
      connections === BASE.connections || (storedEvents === BASE.storedEvents && ids === BASE.ids),
  )
}

export function nameOf({ perBatch, connections, storedEvents, ids }: Cell): string {
  const batches = perBatch === 1 ? 'one by one' : `batches of ${perBatch}`
  return `${batches}, ${connections} connection${connections === 1 ? '' : 's'}, ${storedEvents / 1e6} M stored, ${ids} ids`
}
