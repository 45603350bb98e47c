/** One thing that is measured, beside its floor. */
export interface Cell {
  readonly perBatch: number
  /** Connections of the load in all, however many servers share them. */
  readonly connections: number
  readonly servers: number
  readonly storedEvents: number
}

/** What the command line narrows down. */
export interface CellChoice {
  readonly perBatch: readonly number[]
  readonly servers: readonly number[]
  readonly storedEvents: readonly number[]
}

/** All combinations that say something; the rest would only take time. */
export function cellsOf({ perBatch, servers, storedEvents }: CellChoice): readonly Cell[] {
  return storedEvents.flatMap((stored) =>
    perBatch.flatMap((batch) =>
      (batch === 1 ? [16, 64] : [16]).flatMap((connections) =>
        servers
          .map((count) => ({ perBatch: batch, connections, servers: count, storedEvents: stored }))
          .filter(saysSomething),
      ),
    ),
  )
}

function saysSomething({ perBatch, connections, servers, storedEvents }: Cell): boolean {
  // Sixteen connections are for one server: four for each of four would measure waiting.
  if (perBatch === 1 && connections === 16) return servers === 1 && storedEvents === 0
  // Of a filled database it is the database that may get slower, whoever asks.
  return storedEvents === 0 || servers <= (perBatch === 1 ? 1 : 2)
}
