import { dirname, join } from 'node:path'

/** What is kept beside the ledger, for this user only. */
export interface LocalState {
  readonly ledger: string
  /** What hooks were told, in lines. */
  readonly journal: string
  /** What the status line shows of the ledger. */
  readonly spendCache: string
  /** Held by the import that runs in the background. */
  readonly lock: string
  /** Touched whenever a hook wants an import. */
  readonly wanted: string
  /** Answers of the server on what tasks take, a file a model. */
  readonly forecasts: string
  /** What the status line remembers of each session. */
  readonly sessions: string
}

export function localState(ledger: string): LocalState {
  const directory = dirname(ledger)
  return {
    ledger,
    journal: join(directory, 'hooks.ndjson'),
    spendCache: join(directory, 'spend.json'),
    lock: join(directory, 'import.lock'),
    wanted: join(directory, 'import.wanted'),
    forecasts: join(directory, 'forecasts'),
    sessions: join(directory, 'sessions'),
  }
}
