import type { KeyRing } from './auth/key-ring.ts'
import type { Predictor } from './predictions/predictor.ts'
import type { Units } from './predictions/units.ts'
import { instanceIdHash } from './storage/instance-id-hash.ts'
import type { Store } from './storage/store.ts'

export interface ForgettingParts {
  readonly store: Pick<Store, 'deletionsAfter'>
  readonly keys: Pick<KeyRing, 'instanceIds' | 'forgetInstance'>
  readonly units: Pick<Units, 'instanceIds' | 'deleteInstance'>
  readonly predictor: Pick<Predictor, 'forgetSummaries'>
  /** Makes the forecast learn again from what is left. */
  readonly relearn: () => void
  /** Told where others had to make room for whoever was deleted: what they sent is back after a rebuild. */
  readonly onRoomLeft: () => void
}

/**
 * Lets a running server forget whom the store has deleted, by whichever process: keys, units, published summaries and
 * the forecast. The store has only a hash of the id left, so whoever is known here is compared by that.
 */
export class Forgetting {
  readonly #parts: ForgettingParts
  #deletionNo = 0

  constructor(parts: ForgettingParts) {
    this.#parts = parts
  }

  /** Notes where deletions stand. Call before anything is loaded: what is loaded later knows of them by itself. */
  async start(): Promise<void> {
    const deletions = await this.#parts.store.deletionsAfter(0)
    this.#deletionNo = deletions.at(-1)?.deletionNo ?? 0
  }

  /** Forgets whom the store has deleted since. */
  async catchUp(): Promise<void> {
    const deletions = await this.#parts.store.deletionsAfter(this.#deletionNo)
    const fresh = deletions.filter(({ deletionNo }) => deletionNo > this.#deletionNo)
    this.#deletionNo = fresh.at(-1)?.deletionNo ?? this.#deletionNo
    if (fresh.length === 0) return

    const hashes = new Set(fresh.map(({ instanceIdSha256 }) => hex(instanceIdSha256)))
    const { keys, units, predictor, relearn, onRoomLeft } = this.#parts
    let isRoomLeft = false
    for (const instanceId of new Set([...keys.instanceIds(), ...units.instanceIds()])) {
      if (!hashes.has(hex(instanceIdHash(instanceId)))) continue
      keys.forgetInstance(instanceId)
      isRoomLeft = units.deleteInstance(instanceId) || isRoomLeft
    }
    if (isRoomLeft) onRoomLeft()
    predictor.forgetSummaries()
    relearn()
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
