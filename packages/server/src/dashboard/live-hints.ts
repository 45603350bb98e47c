import type { DashboardHint } from '@mosaicstack/telemetry-client/protocol'

/** One open page. */
export interface Listener {
  /** @returns whether it is still worth keeping: it may have gone, or lag too far behind. */
  send(text: string): boolean
  end(): void
}

const MAX_LISTENERS = 100
/** Two hints of a kind are at least so far apart. */
const HINT_EVERY_MS = 1_000
/** Proxies cut a connection that is silent for a minute. */
const HEARTBEAT_EVERY_MS = 15_000

/**
 * Tells open pages that something has changed, never what: they ask again for what is on their screen. So a hint may be
 * lost or come twice without harm, and nothing leaves by this way that the page may not read.
 */
export class LiveHints {
  readonly #listeners = new Set<Listener>()
  readonly #due = new Map<DashboardHint, NodeJS.Timeout>()
  #heartbeat: NodeJS.Timeout | undefined

  get listeners(): number {
    return this.#listeners.size
  }

  /** @returns a function that ends listening; `undefined` where there are too many listeners. */
  listen(listener: Listener): (() => void) | undefined {
    if (this.#listeners.size >= MAX_LISTENERS) return undefined
    this.#listeners.add(listener)
    this.#heartbeat ??= setInterval(() => this.#sendAll(': still here\n\n'), HEARTBEAT_EVERY_MS).unref()
    return () => this.#forget(listener)
  }

  /** Sends a hint within a second, once for all that happens in it. */
  hint(kind: DashboardHint): void {
    if (this.#listeners.size === 0 || this.#due.has(kind)) return
    const send = () => {
      this.#due.delete(kind)
      this.#sendAll(`event: ${kind}\ndata: {}\n\n`)
    }
    this.#due.set(kind, setTimeout(send, HINT_EVERY_MS).unref())
  }

  /** Ends all listening. */
  close(): void {
    for (const timer of this.#due.values()) clearTimeout(timer)
    this.#due.clear()
    for (const listener of this.#listeners) listener.end()
    this.#listeners.clear()
    clearInterval(this.#heartbeat)
  }

  #sendAll(text: string): void {
    for (const listener of this.#listeners) {
      if (listener.send(text)) continue
      this.#forget(listener)
      listener.end()
    }
  }

  #forget(listener: Listener): void {
    this.#listeners.delete(listener)
    if (this.#listeners.size > 0) return
    clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
  }
}
