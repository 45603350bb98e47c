/** One measured figure beside its goal. */
export interface GoalRow {
  readonly goal: string
  readonly what: string
  readonly figure: string
  readonly target: string
  readonly isMet: boolean
}

/** What measures one or more goals. */
export interface Measurement {
  readonly goals: readonly string[]
  /** Ends on its own, after some seconds to some minutes. */
  readonly measure: () => readonly GoalRow[]
}

/** A row whose goal is a range of a number. */
export function inRange(
  goal: string,
  what: string,
  value: number,
  [low, high]: readonly [number, number],
  show: (value: number) => string,
): GoalRow {
  const target = low === -Infinity && high === Infinity ? 'none' : bounds(low, high, show)
  return { goal, what, figure: show(value), target, isMet: value >= low && value <= high }
}

function bounds(low: number, high: number, show: (value: number) => string): string {
  if (low === -Infinity) return `≤ ${show(high)}`
  return high === Infinity ? `≥ ${show(low)}` : `${show(low)} … ${show(high)}`
}

/** A row whose goal is an upper bound. */
export function atMost(
  goal: string,
  what: string,
  value: number,
  high: number,
  show: (value: number) => string,
): GoalRow {
  return inRange(goal, what, value, [-Infinity, high], show)
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
export const ratio = (value: number): string => value.toFixed(3)
export const factor = (value: number): string => `×${value.toFixed(2)}`
