import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

import { ForecastReader, type PublishedForecast } from '../predictions/forecast/forecast-reader.ts'
import type { ForecastThreadData } from './forecast-thread-data.ts'

/** A forecast that keeps learning, until it is ended. */
export interface Forecasting {
  readonly reader: ForecastReader
  end(): Promise<void>
}

/**
 * Starts the thread that learns the forecast. Should it fail, the server goes on with the last forecast that it
 * published, and `onFailure` is told once.
 */
export function startForecasting(data: ForecastThreadData, onFailure: (error: unknown) => void): Forecasting {
  const reader = new ForecastReader()
  const thread = new Worker(createRequire(import.meta.url).resolve('#forecast-thread'), {
    name: 'forecast',
    workerData: data,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  thread.on('message', (published: PublishedForecast) => reader.publish(published))
  thread.once('error', onFailure)
  return {
    reader,
    async end() {
      await thread.terminate()
    },
  }
}
