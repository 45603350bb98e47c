import type { ForecastEvent } from '../predictions/forecast/forecast-event.ts'
import { ForecastLearner } from '../predictions/forecast/forecast-learner.ts'
import type { Forecaster } from '../predictions/forecast/forecaster.ts'
import type { PublishedForecast } from '../predictions/forecast/forecast-reader.ts'
import { locate } from '../predictions/forecast/location.ts'
import { expectedChance } from '../predictions/forecast/success-fit.ts'
import type { Cell } from '../predictions/level-rules.ts'
import type { Competitor } from './competitor.ts'

/** The forecast as a server runs it. */
export class ForecastCompetitor implements Competitor {
  readonly name = 'forecast'
  readonly #learner: ForecastLearner

  constructor(metrics: number, options: { minInstances?: 'auto' | number; windowDays?: number } = {}) {
    this.#learner = new ForecastLearner({ minInstances: 'auto', windowDays: 90, ...options }, metrics)
  }

  get forecaster(): Forecaster {
    return this.#learner.forecaster
  }

  /** The forecast that knows everything learned so far, as a server publishes it. */
  preview(): PublishedForecast {
    return this.#learner.preview()
  }

  /** Whom the last fit does not trust fully. */
  readonly trust = (): ReadonlyMap<string, number> => this.forecaster.snapshot?.fit.distrusted ?? new Map()

  predict(metric: number, cell: Cell): Float64Array | undefined {
    const points = this.forecaster.snapshot?.curve(metric, cell)?.curve.points
    return points === undefined ? undefined : Float64Array.from(points)
  }

  predictSuccess(cell: Cell): number | undefined {
    const snapshot = this.forecaster.snapshot
    if (snapshot?.fit.success === undefined) return undefined
    return expectedChance(locate(snapshot.fit.success, snapshot.groups(cell)))
  }

  learn(event: ForecastEvent): void {
    this.#learner.learn(event)
  }
}
