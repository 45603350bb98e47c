import { randomBytes } from 'node:crypto'

import { sha256Base64 } from './secrets.ts'

export type SessionRole = 'viewer' | 'admin'

export interface Session {
  readonly role: SessionRole
  readonly expiresAtMs: number
}

/** A working day; then the token is asked for again. */
const LASTS_MS = 12 * 60 * 60 * 1000
/** Beyond it the oldest ends: whoever has a token may make as many as they like. */
const MAX_SESSIONS = 1000

/** Who is logged in at this process. Kept in memory: a restart ends all sessions, and each process has its own. */
export class Sessions {
  /** By hash, so that an id is compared in a time that tells nothing of it. In order of their begin. */
  readonly #byHash = new Map<string, Session>()
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** @returns the session and its id, 256 random bits, the only time it is seen. */
  begin(role: SessionRole): { readonly id: string; readonly session: Session } {
    const id = randomBytes(32).toString('hex')
    const session = { role, expiresAtMs: this.#nowMs() + LASTS_MS }
    this.#byHash.set(sha256Base64(id), session)
    for (const [hash, each] of this.#byHash) {
      if (this.#byHash.size <= MAX_SESSIONS && each.expiresAtMs > this.#nowMs()) break
      this.#byHash.delete(hash)
    }
    return { id, session }
  }

  /** @returns `undefined` where there is none of that id, or no more. */
  find(id: string): Session | undefined {
    const session = this.#byHash.get(sha256Base64(id))
    return session !== undefined && session.expiresAtMs > this.#nowMs() ? session : undefined
  }

  end(id: string): void {
    this.#byHash.delete(sha256Base64(id))
  }
}
