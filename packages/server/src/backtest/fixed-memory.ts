import { ForecastSnapshot } from '../predictions/forecast/forecast-snapshot.ts'
import type { Cell } from '../predictions/level-rules.ts'
import type { Competitor } from './competitor.ts'
import type { ForecastCompetitor } from './forecast-competitor.ts'

/** What the forecast would say if one memory always answered. Learns nothing itself: it reads what `forecast` learns. */
export class FixedMemory implements Competitor {
  readonly name: string
  readonly #forecast: ForecastCompetitor
  readonly #memory: number
  #from: ForecastSnapshot | undefined
  #fixed: ForecastSnapshot | undefined

  constructor(name: string, forecast: ForecastCompetitor, memory: number) {
    this.name = name
    this.#forecast = forecast
    this.#memory = memory
  }

  predict(metric: number, cell: Cell): Float64Array | undefined {
    const { snapshot } = this.#forecast.forecaster
    if (snapshot !== undefined && snapshot !== this.#from) {
      this.#from = snapshot
      this.#fixed = new ForecastSnapshot(
        snapshot.fit,
        snapshot.tables.map(({ banks, ownShapes }) => ({ memory: this.#memory, banks, ownShapes })),
      )
    }
    const points = this.#fixed?.curve(metric, cell)?.curve.points
    return points === undefined ? undefined : Float64Array.from(points)
  }

  predictSuccess(): undefined {
    return undefined
  }

  learn(): void {}
}
