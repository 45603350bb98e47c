import type { PredictionQuery, PredictionResponse } from '../protocol/index.ts'
import { queryKey } from './query-key.ts'

interface Entry {
  readonly response: PredictionResponse
  readonly expiresAtMs: number
}

/** Predictions by query, each for a limited time; when it is full the least recently used one makes room. */
export class PredictionCache {
  readonly #ttlMs: number
  readonly #maxEntries: number
  readonly #nowMs: () => number
  /** A Map keeps insertion order; every use moves an entry to the end, so the first one is the least recently used. */
  readonly #entries = new Map<string, Entry>()

  /**
   * @param ttlMs how long an answer is good for.
   * @param maxEntries answers kept; one takes about 2 KB.
   */
  constructor(ttlMs = 21_600_000, maxEntries = 1000, nowMs: () => number = Date.now) {
    this.#ttlMs = ttlMs
    this.#maxEntries = maxEntries
    this.#nowMs = nowMs
  }

  /** Entries held, those that have expired unnoticed included. */
  get size(): number {
    return this.#entries.size
  }

  get(query: PredictionQuery): PredictionResponse | null {
    const key = queryKey(query)
    const entry = this.#entries.get(key)
    if (entry === undefined) return null

    this.#entries.delete(key)
    if (this.#nowMs() >= entry.expiresAtMs) return null
    this.#entries.set(key, entry)
    return entry.response
  }

  put(query: PredictionQuery, response: PredictionResponse): void {
    const key = queryKey(query)
    this.#entries.delete(key)
    this.#entries.set(key, { response, expiresAtMs: this.#nowMs() + this.#ttlMs })
    if (this.#entries.size <= this.#maxEntries) return

    const [leastRecentlyUsed] = this.#entries.keys()
    if (leastRecentlyUsed !== undefined) this.#entries.delete(leastRecentlyUsed)
  }

  clear(): void {
    this.#entries.clear()
  }
}
