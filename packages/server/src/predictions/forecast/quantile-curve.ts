/** The probabilities that a curve holds: 0.05, 0.1, … 0.95. */
export const curveProbabilities: readonly number[] = Array.from(
  { length: 19 },
  (_, index) => (index + 1) / 20,
)
export const CURVE_POINTS = curveProbabilities.length

const STEP = 0.05
/** A step narrower than this counts as this wide, so that every curve has an inverse. */
const MIN_WIDTH = 1e-9

/**
 * A distribution of ln value by its 19 quantiles: linear between them, exponential tails through the outer two.
 * `points` ascend.
 */
export class QuantileCurve {
  readonly points: ArrayLike<number>
  readonly #lowerRate: number
  readonly #upperRate: number

  constructor(points: ArrayLike<number>) {
    this.points = points
    this.#lowerRate = Math.LN2 / Math.max(MIN_WIDTH, this.#point(1) - this.#point(0))
    this.#upperRate =
      Math.LN2 / Math.max(MIN_WIDTH, this.#point(CURVE_POINTS - 1) - this.#point(CURVE_POINTS - 2))
  }

  /** The value below which the share `probability`, above 0 and below 1, lies. */
  quantile(probability: number): number {
    if (probability <= STEP) return this.#point(0) + Math.log(probability / STEP) / this.#lowerRate
    if (probability >= 1 - STEP) {
      return this.#point(CURVE_POINTS - 1) - Math.log((1 - probability) / STEP) / this.#upperRate
    }
    const rank = probability / STEP - 1
    const below = Math.min(CURVE_POINTS - 2, Math.floor(rank))
    return this.#point(below) + (rank - below) * (this.#point(below + 1) - this.#point(below))
  }

  /** The share that lies at or below `value`. */
  cdf(value: number): number {
    const first = this.#point(0)
    const last = this.#point(CURVE_POINTS - 1)
    if (value < first) return STEP * Math.exp((value - first) * this.#lowerRate)
    if (value >= last) return 1 - STEP * Math.exp((last - value) * this.#upperRate)

    let above = 1
    while (value >= this.#point(above)) above++
    const low = this.#point(above - 1)
    return STEP * (above + (value - low) / (this.#point(above) - low))
  }

  /** The mean of e^value, values cut at `max`: the upper tail of a cost may have no mean of its own. */
  meanOfExp(max: number): number {
    let sum = 0
    let low = Math.min(max, this.#point(0))
    let expLow = Math.exp(low)
    for (let index = 1; index < CURVE_POINTS; index++) {
      const high = Math.min(max, this.#point(index))
      const expHigh = Math.exp(high)
      sum += STEP * meanExpBetween(low, high, expLow, expHigh)
      low = high
      expLow = expHigh
    }
    const first = this.#point(0)
    const last = Math.min(max, this.#point(CURVE_POINTS - 1))
    const lower = (STEP * Math.exp(first) * this.#lowerRate) / (this.#lowerRate + 1)
    return sum + lower + STEP * Math.exp(last) * cutTailMean(this.#upperRate, Math.max(0, max - last))
  }

  #point(index: number): number {
    return this.points[index] as number
  }
}

/** Mean of e^x for x uniform between two bounds whose exponentials are at hand. */
function meanExpBetween(low: number, high: number, expLow: number, expHigh: number): number {
  const width = high - low
  return width < 1e-6 ? (expLow + expHigh) / 2 : (expHigh - expLow) / width
}

/** Mean of e^x for x exponential with `rate`, cut at `width`. */
function cutTailMean(rate: number, width: number): number {
  const slope = 1 - rate
  const area = Math.abs(slope * width) < 1e-6 ? rate * width : (rate * Math.expm1(slope * width)) / slope
  return area + Math.exp(slope * width)
}

/** Mean pinball loss of 19 quantiles for a value that came: half the CRPS, in the unit of the points. */
export function pinballLoss(points: ArrayLike<number>, value: number): number {
  let sum = 0
  for (let index = 0; index < CURVE_POINTS; index++) {
    const off = value - (points[index] as number)
    const probability = (index + 1) * STEP
    sum += off >= 0 ? off * probability : off * (probability - 1)
  }
  return sum / CURVE_POINTS
}
