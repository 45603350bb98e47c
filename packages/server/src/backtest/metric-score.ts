import { pinballLoss, QuantileCurve } from '../predictions/forecast/quantile-curve.ts'

/** Earlier events in the exact cell from which on the next bucket begins. */
export const evidenceFrom = [0, 1, 5, 30, 100] as const

/** Budgets in ln around one centre for all: around everybody's own median they would ask everybody another question. */
const BUDGET_OFFSETS = [-1.5, -0.75, -0.25, 0.25, 0.75, 1.5] as const
const CALIBRATION_BINS = 10

export interface Figures {
  readonly tasks: number
  /** Mean pinball loss on ln value over 19 quantiles. */
  readonly loss: number
  /** Mean pinball loss on the value itself. */
  readonly rawLoss: number
  /** Shares, 0 to 1. */
  readonly inside80: number
  readonly inside50: number
  readonly below10: number
  readonly above90: number
  /** Mean of ln p90 - ln p10. */
  readonly width: number
}

/** Adds up how one competitor did on one metric, in all and by what was known of the cell. */
export class MetricScore {
  readonly all = new Sums()
  readonly byEvidence = evidenceFrom.map(() => new Sums())
  readonly budgets = new ProbabilityScore()

  /** `budgetCentre` is what the budgets lie around, in ln. */
  add(points: Float64Array, value: number, cellEvents: number, budgetCentre: number): void {
    this.all.add(points, value)
    this.byEvidence.at(evidenceFrom.findLastIndex((from) => cellEvents >= from))?.add(points, value)
    const curve = new QuantileCurve(points)
    for (const offset of BUDGET_OFFSETS) {
      const budget = budgetCentre + offset
      this.budgets.add(1 - curve.cdf(budget), value > budget)
    }
  }
}

/** Sums of one group of tasks. */
export class Sums {
  #tasks = 0
  #loss = 0
  #rawLoss = 0
  #inside80 = 0
  #inside50 = 0
  #below10 = 0
  #above90 = 0
  #width = 0

  add(points: Float64Array, value: number): void {
    const [p10, p25, p75, p90] = [at(points, 0.1), at(points, 0.25), at(points, 0.75), at(points, 0.9)]
    this.#tasks++
    this.#loss += pinballLoss(points, value)
    this.#rawLoss += pinballLoss(points.map(Math.exp), Math.exp(value))
    if (p10 <= value && value <= p90) this.#inside80++
    if (p25 <= value && value <= p75) this.#inside50++
    if (value < p10) this.#below10++
    if (value > p90) this.#above90++
    this.#width += p90 - p10
  }

  get figures(): Figures {
    const mean = (sum: number) => (this.#tasks === 0 ? 0 : sum / this.#tasks)
    return {
      tasks: this.#tasks,
      loss: mean(this.#loss),
      rawLoss: mean(this.#rawLoss),
      inside80: mean(this.#inside80),
      inside50: mean(this.#inside50),
      below10: mean(this.#below10),
      above90: mean(this.#above90),
      width: mean(this.#width),
    }
  }
}

/** How good stated probabilities were. */
export class ProbabilityScore {
  #count = 0
  #squares = 0
  readonly #bins = Array.from({ length: CALIBRATION_BINS }, () => ({ count: 0, stated: 0, happened: 0 }))

  add(probability: number, happened: boolean): void {
    const outcome = happened ? 1 : 0
    this.#count++
    this.#squares += (probability - outcome) ** 2
    const bin = this.#bins[Math.min(CALIBRATION_BINS - 1, Math.floor(probability * CALIBRATION_BINS))]
    if (bin === undefined) return
    bin.count++
    bin.stated += probability
    bin.happened += outcome
  }

  /** Mean squared error; NaN without any. */
  get brier(): number {
    return this.#squares / this.#count
  }

  /** Mean distance, over ten bins weighted by their size, between what was stated and what happened. */
  get calibrationError(): number {
    return (
      this.#bins.reduce((sum, { stated, happened }) => sum + Math.abs(stated - happened), 0) / this.#count
    )
  }
}

function at(points: Float64Array, probability: number): number {
  return points[Math.round(probability * 20) - 1] as number
}
