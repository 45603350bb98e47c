import { fromFixed, toFixed } from './fixed-point.ts'

/** Days over which the server judges itself. */
const CALIBRATION_DAYS = 30

/** How the forecasts of one metric, each made before its task was known, turned out. */
export interface CalibrationFigures {
  readonly tasks: number
  /** Tasks that lay within p10 to p90. */
  readonly inside: number
  /** Mean pinball loss on ln value over 19 quantiles; 0 without tasks. */
  readonly loss: number
}

/** Day, tasks, tasks inside, sum of losses as fixed point. */
export type CalibrationDay = readonly [day: number, tasks: number, inside: number, loss: number]

/** Counts by day what became of one metric's forecasts, for the last 30 days. */
export class Calibration {
  readonly #days = new Map<number, CalibrationDay>()

  add(day: number, isInside: boolean, loss: number): void {
    const [, tasks, inside, sum] = this.#days.get(day) ?? [day, 0, 0, 0]
    this.#days.set(day, [day, tasks + 1, inside + (isInside ? 1 : 0), sum + toFixed(loss)])
  }

  /** Sums up the 30 days that end with `today` and forgets what lies before. */
  figures(today: number): CalibrationFigures {
    let [tasks, inside, loss] = [0, 0, 0]
    for (const [day, dayTasks, dayInside, dayLoss] of this.#days.values()) {
      if (day <= today - CALIBRATION_DAYS) {
        this.#days.delete(day)
        continue
      }
      tasks += dayTasks
      inside += dayInside
      loss += dayLoss
    }
    return { tasks, inside, loss: tasks === 0 ? 0 : fromFixed(loss) / tasks }
  }

  /** Ascending by day. */
  entries(): readonly CalibrationDay[] {
    return [...this.#days.values()].sort(([a], [b]) => a - b)
  }

  /** Takes days as `entries` gave them. */
  restore(days: readonly CalibrationDay[]): void {
    for (const entry of days) this.#days.set(entry[0], entry)
  }
}
