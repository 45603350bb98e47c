/** What became of the requests of all clients, by status; 0 is no answer at all. */
export type StatusCounts = Readonly<Record<string, number>>

export interface OverloadResult {
  readonly machine: string
  readonly date: string
  readonly minutes: number
  readonly commitMs: number
  readonly clients: number
  /** Events a second that the server was measured to take just before. */
  readonly capacity: number
  /** Events a second that were tracked. */
  readonly offered: number
  readonly tracked: number
  readonly stored: number
  /** Instances of which another number of events is stored than was tracked. */
  readonly differing: number
  /** Events that clients gave up on, by their own count. */
  readonly lostByClients: number
  readonly statuses: StatusCounts
  readonly acceptedP50Ms: number
  readonly acceptedP99Ms: number
  /** From the end of tracking until the last event was stored. */
  readonly drainSeconds: number
  /** Memory of the server, ten times over the overload. */
  readonly residentMb: readonly number[]
}
