import type { StandingOf } from './instance-weights.ts'

const RAMP_MS = 7 * 24 * 60 * 60 * 1000
const RAMP_EVENTS = 20
/** Not 0, so that whoever has sent something counts a little. */
const LEAST_STANDING = 0.01

export interface RampSources {
  /** When the instance was created, epoch milliseconds; undefined of one that was created just now. */
  readonly createdAtMs: (instanceId: string) => number | undefined
  /** Its events that count. */
  readonly eventsOf: (instanceId: string) => number
  readonly nowMs: () => number
}

/**
 * Lets new instances in slowly: the lesser of age / 7 days and events / 20, from 0.01 to 1. So neither a crowd of
 * instances made today nor a few that waited for a week without sending anything weigh much.
 */
export function instanceRamp({ createdAtMs, eventsOf, nowMs }: RampSources): StandingOf {
  return (instanceId) => {
    const ageMs = nowMs() - (createdAtMs(instanceId) ?? Infinity)
    const ramp = Math.min(ageMs / RAMP_MS, eventsOf(instanceId) / RAMP_EVENTS)
    return Math.max(LEAST_STANDING, Math.min(1, ramp))
  }
}
