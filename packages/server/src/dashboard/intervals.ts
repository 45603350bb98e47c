import type { Interval } from '@mosaicstack/telemetry-client/protocol'

/** Of the normal distribution: 90 % lie within so many standard deviations. */
const Z_90 = 1.6448536269514722

/** Wilson's interval of a share: it never leaves 0 to 1, and holds with few tasks too. Null without tasks. */
export function shareInterval(hits: number, tasks: number): Interval | null {
  if (tasks === 0) return null
  const share = hits / tasks
  const spread = Z_90 ** 2 / tasks
  const middle = (share + spread / 2) / (1 + spread)
  const half = (Z_90 * Math.sqrt((share * (1 - share)) / tasks + spread / (4 * tasks))) / (1 + spread)
  return {
    value: rounded(share),
    low: rounded(Math.max(0, middle - half)),
    high: rounded(Math.min(1, middle + half)),
  }
}

/** Tasks with a cost, and what they cost. */
export interface CostedTasks {
  readonly tasks: number
  readonly successes: number
  readonly costUsdMicros: number
  readonly costOfSuccesses: number
  /** Sum of the squares, in (100 micro-dollars) squared. */
  readonly costSquares: number
}

/** With fewer an interval would be a guess. */
const MIN_TASKS = 5
const MIN_SUCCESSES = 2

/**
 * Cost of all tasks by successes, and the interval of that ratio on the logarithm, by the delta method. Half a success and
 * half a failure of mean cost are added to the spread, or tasks that all succeeded would look certain.
 */
export function costPerSuccess(costed: CostedTasks): Interval | null {
  const { tasks, successes, costUsdMicros, costOfSuccesses } = costed
  if (tasks < MIN_TASKS || successes < MIN_SUCCESSES) return null
  const ratio = costUsdMicros / successes
  const mean = costUsdMicros / tasks
  const residual =
    costed.costSquares * 10_000 -
    2 * ratio * costOfSuccesses +
    ratio ** 2 * successes + // of the tasks
    ((mean - ratio) ** 2 + mean ** 2) / 2 // and of the one added
  const deviation = Math.sqrt(Math.max(0, residual) * (tasks / (tasks - 1))) / costUsdMicros
  return {
    value: Math.round(ratio),
    low: Math.round(ratio * Math.exp(-Z_90 * deviation)),
    high: Math.round(ratio * Math.exp(Z_90 * deviation)),
  }
}

/** Four digits behind the point are more than any share here deserves. */
function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000
}
