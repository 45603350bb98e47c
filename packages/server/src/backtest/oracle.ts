import type { ForecastEvent } from '../predictions/forecast/forecast-event.ts'
import type { Cell } from '../predictions/level-rules.ts'
import type { Competitor } from './competitor.ts'
import type { BacktestEvent } from './run-backtest.ts'

/** Knows the true distribution of every task, its instance aside: nobody can do better but by luck. */
export class Oracle implements Competitor {
  readonly name = 'oracle'
  readonly #events: Iterator<BacktestEvent>
  #next: BacktestEvent | undefined

  /** `events` is the stream that it will be asked about, in its order. */
  constructor(events: readonly BacktestEvent[]) {
    this.#events = events[Symbol.iterator]()
    this.#next = this.#events.next().value
  }

  predict(metric: number, _cell: Cell): Float64Array | undefined {
    return this.#next?.truth?.[metric]
  }

  predictSuccess(_cell: Cell): number | undefined {
    return undefined
  }

  learn(_event: ForecastEvent): void {
    this.#next = this.#events.next().value
  }
}
