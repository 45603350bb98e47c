import type { StandingOf } from './instance-weights.ts'

/**
 * How much each instance counts: what the forecast's fit trusts it, times how established it is where new instances
 * are let in slowly. Both follow from what is stored.
 */
export class Standings {
  /** Changes with every change of trust. */
  version = 0
  #trust: ReadonlyMap<string, number> = new Map()
  readonly #ramp: StandingOf

  constructor(ramp: StandingOf) {
    this.#ramp = ramp
  }

  /** From 0 to 1. */
  readonly of: StandingOf = (instanceId) => (this.#trust.get(instanceId) ?? 1) * this.#ramp(instanceId)

  /** How much the fit trusts whom it does not trust fully: 0 for one that is set aside. */
  get trust(): ReadonlyMap<string, number> {
    return this.#trust
  }

  get setAside(): ReadonlySet<string> {
    return new Set([...this.#trust].flatMap(([instanceId, trust]) => (trust === 0 ? [instanceId] : [])))
  }

  /** Takes the judgement of a fit. Returns whether it differs from the last. */
  judge(trust: ReadonlyMap<string, number>): boolean {
    const isSame =
      trust.size === this.#trust.size && [...trust].every(([id, own]) => this.#trust.get(id) === own)
    if (isSame) return false
    this.#trust = new Map(trust)
    this.version++
    return true
  }
}
