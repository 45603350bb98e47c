import type { SpoolOpener } from '../delivery/backlog.ts'
import type { Gzip } from '../delivery/body-encoding.ts'

/** What the client asks of the runtime it lives in. `node.ts` and `edge.ts` provide it, chosen by `#platform`. */
export interface Host {
  env(name: string): string | undefined
  /** Fills the array with cryptographically strong random bytes. */
  fillRandom(bytes: Uint8Array): void
  readonly gzip: Gzip
  /** Calls back when the process has run out of work but has not been told to exit. */
  onIdleExit(listener: () => void): () => void
  /** Absent where there is no disk. */
  readonly openSpool?: SpoolOpener
}
