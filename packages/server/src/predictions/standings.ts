import type { StandingOf } from './instance-weights.ts'

/** Trust is taken in twentieths: otherwise every fit would change it a little, and with it every summary. */
const STEPS = 20

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

  /** Those who count nowhere. */
  get setAside(): ReadonlySet<string> {
    return new Set([...this.#trust].flatMap(([instanceId, trust]) => (trust === 0 ? [instanceId] : [])))
  }

  /** Takes the judgement of a fit. Returns whether it differs from the last. */
  judge(judged: ReadonlyMap<string, number>): boolean {
    const trust = new Map([...judged].map(([id, own]) => [id, Math.round(own * STEPS) / STEPS] as const))
    for (const [id, own] of trust) if (own === 1) trust.delete(id)
    const isSame =
      trust.size === this.#trust.size && [...trust].every(([id, own]) => this.#trust.get(id) === own)
    if (isSame) return false
    this.#trust = trust
    this.version++
    return true
  }
}
