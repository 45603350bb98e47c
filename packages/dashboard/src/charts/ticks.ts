/** CSS pixels that a label of a day needs. */
const LABEL_PX = 64

/** Which of the steps get a label, so that no two touch. Begins with the first one. */
export function labelled(keys: readonly string[], width: number): readonly string[] {
  const every = Math.max(1, Math.ceil((keys.length * LABEL_PX) / Math.max(LABEL_PX, width)))
  return keys.filter((_, index) => index % every === 0)
}

/** Colours in the order of a series; what is left over is grey. */
export function colourOf(index: number, key: string | null): string {
  return key === null ? 'var(--rest)' : `var(--series-${(index % 8) + 1})`
}

/**
 * A number as short as an axis needs it: `$200.00` is `$200`, `1.0k` is `1k`. Axes take it as their `text`: of a
 * logarithmic scale's `tickFormat` only some labels are drawn.
 */
export function brief(format: (value: number) => string): (value: number) => string {
  return (value) => format(value).replace(/\.0+(?!\d)/, '')
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Where people expect the ticks of a time axis, in milliseconds. */
const TIME_TICKS = [
  ...[0.1, 0.5, 1, 5, 10, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 5, 10, 24].map((hours) => hours * HOUR),
]

/** 1, 2, 5, 10, 20, … from a millionth to a trillion. */
const DECIMAL_TICKS = Array.from({ length: 19 }, (_, power) =>
  [1, 2, 5].map((digit) => digit * 10 ** (power - 6)),
).flat()

/** Round values for a logarithmic axis, at most so many. */
export function logTicks(
  [low, high]: readonly [number, number],
  most: number,
  unit: 'time' | 'decimal' = 'decimal',
): number[] {
  const within = (unit === 'time' ? TIME_TICKS : DECIMAL_TICKS).filter((tick) => tick >= low && tick <= high)
  const every = Math.ceil(within.length / most)
  return within.filter((_, index) => index % every === 0)
}
