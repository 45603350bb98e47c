import { inFullStanding, type StandingOf, type WeighInstances, weighInstances } from './instance-weights.ts'

/** Who counts how much, and what is done where that goes wrong. */
export interface Weighing {
  readonly weigh: WeighInstances
  readonly standingOf: StandingOf
  /** Changes when somebody's standing does, other than by the passing of time. */
  readonly version: () => number
  /** Told of every summary that is not published because an instance would hold more than its share. */
  readonly onShareViolation: () => void
}

/** Everybody counts fully. */
export const plainWeighing: Weighing = {
  weigh: weighInstances,
  standingOf: inFullStanding,
  version: () => 0,
  onShareViolation: () => {},
}
