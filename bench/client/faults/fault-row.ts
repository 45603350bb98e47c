import type { Script } from '../mock-server/treatment.ts'

/** How the first process ends. `stop` is the only polite one. */
export type Ending = 'stop' | 'exit' | 'return' | 'exception' | 'sigterm' | 'sigkill'

/** One row of the table: what the world does to 1 000 events. */
export interface FaultRow {
  readonly name: string
  readonly title: string
  readonly events: number
  /** The server refuses connections for so long after the first call; `Infinity` until the process has ended. */
  readonly downMs: number
  readonly script: Script
  /** From the first call until the server is well again; waiting for stragglers starts then. */
  readonly faultMs: number
  readonly ending: Ending
  /** `stop()` comes straight after the last call instead of after the wait. */
  readonly stopsAtOnce: boolean
  /** Afterwards a second process opens the SDK with the server up and tracks nothing. */
  readonly restarts: boolean
  /** Events that the server will never take, and which therefore nobody can lose. */
  readonly poison: ReadonlySet<string>
  /** The row needs an answer that some protocols do not have. */
  readonly needsPartialAnswer: boolean
  /** Room for so many events, for every SDK that has an option for it; its own default where it is undefined. */
  readonly maxQueuedEvents: number | undefined
  /** Milliseconds matter, so nothing else runs beside it. */
  readonly runsAlone: boolean
}
