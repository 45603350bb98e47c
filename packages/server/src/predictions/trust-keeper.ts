import type { Store } from '../storage/store.ts'
import type { Standings } from './standings.ts'
import type { Units } from './units.ts'

/**
 * Carries the judgement that a fit of the forecast makes of the instances to where the core counts, and into the store:
 * a restart begins with it, while the forecast is still being learned.
 */
export class TrustKeeper {
  readonly #store: Pick<Store, 'loadTrust' | 'saveTrust'>
  readonly #standings: Standings
  readonly #units: Pick<Units, 'setAside'>
  #savedVersion = 0

  constructor(
    store: Pick<Store, 'loadTrust' | 'saveTrust'>,
    standings: Standings,
    units: Pick<Units, 'setAside'>,
  ) {
    this.#store = store
    this.#standings = standings
    this.#units = units
  }

  /** Begins with what was saved last. */
  async start(): Promise<void> {
    this.judge(await this.#store.loadTrust())
    this.#savedVersion = this.#standings.version
  }

  /** Takes a new judgement: whoever is not in it is trusted fully. */
  judge(trust: ReadonlyMap<string, number>): void {
    if (this.#standings.judge(trust)) this.#units.setAside(this.#standings.setAside)
  }

  /** Saves the last judgement where it is not saved yet. */
  async save(): Promise<void> {
    const { version, trust } = this.#standings
    if (version === this.#savedVersion) return
    await this.#store.saveTrust(trust)
    this.#savedVersion = version
  }
}
