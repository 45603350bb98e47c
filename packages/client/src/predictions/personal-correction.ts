/** Enough to be steady, few enough to follow a change of habits. */
const DEFAULT_WINDOW = 50

/** How many tasks' worth of "no correction" the own experience has to outweigh. */
const PRIOR_TASKS = 5

/**
 * Learns by how much one user's tasks differ from what is predicted for everybody: the median of ln(actual / predicted
 * median) over the last tasks, shrunk by n / (n + 5). Keep one for each quantity (cost, duration, …). Nothing of it
 * leaves the process.
 */
export class PersonalCorrection {
  readonly #window: number
  readonly #logRatios: number[] = []

  /** @param window tasks that count, the latest ones. */
  constructor(window = DEFAULT_WINDOW) {
    this.#window = window
  }

  /** Takes in one finished task. A quantity that is not positive says nothing about a ratio and is left out. */
  observe(predictedMedian: number, actual: number): void {
    const logRatio = Math.log(actual / predictedMedian)
    if (!(predictedMedian > 0) || !Number.isFinite(logRatio)) return

    this.#logRatios.push(logRatio)
    if (this.#logRatios.length > this.#window) this.#logRatios.shift()
  }

  /** What to multiply a prediction by; 1 without experience. */
  get factor(): number {
    const count = this.#logRatios.length
    return count === 0 ? 1 : Math.exp((median(this.#logRatios) * count) / (count + PRIOR_TASKS))
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const [low = 0, high = 0] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]]
  return (low + high) / 2
}
