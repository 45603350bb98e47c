import type { ApiKey, Store } from '../storage/store.ts'
import { sha256Base64 } from './secrets.ts'

/**
 * All keys, in memory, so that a request costs one hash and one look-up. Changes made by other processes arrive with
 * `refresh()`, which whoever owns the ring calls every two seconds: a revoked key is dead everywhere within five.
 */
export class KeyRing {
  readonly #store: Store
  readonly #bySha256 = new Map<string, ApiKey>()
  #changeNo = 0
  #lastUsedAtMs = new Map<string, number>()

  constructor(store: Store) {
    this.#store = store
  }

  /** @returns the key, or `undefined` where it is unknown, expired or revoked. */
  authenticate(apiKey: string, nowMs: number): ApiKey | undefined {
    const key = this.#bySha256.get(sha256Base64(apiKey))
    if (key === undefined || key.revokedAtMs !== null) return undefined
    if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) return undefined

    this.#lastUsedAtMs.set(key.keyId, nowMs)
    return key
  }

  /** Takes over what has changed in the store since the last time. */
  async refresh(): Promise<void> {
    for (const key of await this.#store.keysChangedSince(this.#changeNo)) {
      this.#bySha256.set(Buffer.from(key.sha256).toString('base64'), key)
      this.#changeNo = Math.max(this.#changeNo, key.changeNo)
    }
  }

  /** Everybody who has or had a key. */
  instanceIds(): ReadonlySet<string> {
    return new Set(Array.from(this.#bySha256.values(), ({ instanceId }) => instanceId))
  }

  /** Makes the keys of a deleted instance unknown: the store does not tell of keys that are gone. */
  forgetInstance(instanceId: string): void {
    for (const [hash, key] of this.#bySha256) if (key.instanceId === instanceId) this.#bySha256.delete(hash)
  }

  /** Writes down when keys were last used. A failure keeps the times for the next turn. */
  async saveUsage(): Promise<void> {
    if (this.#lastUsedAtMs.size === 0) return
    const used = this.#lastUsedAtMs
    this.#lastUsedAtMs = new Map()
    try {
      await this.#store.touchKeys(used)
    } catch (error) {
      this.#lastUsedAtMs = new Map([...used, ...this.#lastUsedAtMs])
      throw error
    }
  }
}
