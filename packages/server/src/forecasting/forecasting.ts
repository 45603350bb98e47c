import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

import { ForecastReader, type PublishedForecast } from '../predictions/forecast/forecast-reader.ts'
import type { ForecastThreadData } from './forecast-thread-data.ts'

/** A forecast that keeps learning in a thread of its own, from `start` to `end`. */
export interface Forecasting {
  /** Answers from what was published last: nothing, in the beginning. */
  readonly reader: ForecastReader
  /** Should the thread fail, the last forecast goes on answering, and `onFailure` is told once. */
  start(onFailure: (error: unknown) => void): void
  end(): Promise<void>
}

export function forecasting(data: ForecastThreadData): Forecasting {
  const reader = new ForecastReader()
  let thread: Worker | undefined
  return {
    reader,
    start(onFailure) {
      thread = new Worker(createRequire(import.meta.url).resolve('#forecast-thread'), {
        name: 'forecast',
        workerData: data,
        execArgv: ['--disable-warning=ExperimentalWarning'],
      })
      thread.on('message', (published: PublishedForecast) => reader.publish(published))
      thread.once('error', onFailure)
    },
    async end() {
      await thread?.terminate()
    },
  }
}
