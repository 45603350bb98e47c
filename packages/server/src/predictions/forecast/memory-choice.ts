import { MEMORY_COUNT } from './forecast-fit.ts'
import { QuotaRing } from './quota-ring.ts'

const WINDOW_EVENTS = 1500
const SCALE = 2 ** 20
const MAX_LOSS = 1000
/** What a shorter memory must do better: a tie goes to the one that has seen more. */
const MIN_GAIN = 0.003

/**
 * Which memory answers: the one whose forecasts of the last tasks, each made before the task was known, lost least.
 * Sums are whole numbers, so that leaving the window takes away exactly what entering it added.
 */
export class MemoryChoice {
  readonly #ring = new QuotaRing(WINDOW_EVENTS, MEMORY_COUNT)
  readonly #sums = new Float64Array(MEMORY_COUNT)

  /** The losses of all memories for one task of an instance. */
  add(instance: number, losses: ArrayLike<number>): void {
    if (!this.#ring.accepts(instance)) return
    this.#push(
      instance,
      Array.from(losses, (loss) => Math.round(Math.min(MAX_LOSS, loss) * SCALE)),
    )
  }

  /** Index into `memoryDays`. */
  best(): number {
    let best = 0
    let target = (this.#sums[0] as number) * (1 - MIN_GAIN)
    for (let memory = 1; memory < MEMORY_COUNT; memory++) {
      const sum = this.#sums[memory] as number
      if (sum >= target) continue
      best = memory
      target = sum * (1 - MIN_GAIN)
    }
    return best
  }

  forget(instance: number): void {
    for (const [other, losses] of this.entries()) if (other === instance) this.#change(losses, -1)
    this.#ring.forget(instance)
  }

  /** Instance and fixed-point losses of every task in the window, the oldest first. */
  *entries(): Generator<readonly [instance: number, losses: readonly number[]]> {
    for (const [instance, losses] of this.#ring.entries()) yield [instance, [...losses]]
  }

  /** Takes tasks as `entries` gave them. */
  restore(entries: Iterable<readonly [instance: number, losses: readonly number[]]>): void {
    for (const [instance, losses] of entries) this.#push(instance, losses)
  }

  #push(instance: number, losses: readonly number[]): void {
    this.#ring.push(instance, losses, (oldest) => this.#change(oldest, -1))
    this.#change(losses, 1)
  }

  #change(losses: ArrayLike<number>, sign: 1 | -1): void {
    for (let memory = 0; memory < MEMORY_COUNT; memory++) {
      this.#sums[memory] = (this.#sums[memory] as number) + sign * (losses[memory] as number)
    }
  }
}
