import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

import type { PublishedForecast } from '../predictions/forecast/forecast-reader.ts'
import { decodePublishedForecast } from '../predictions/forecast/published-forecast-codec.ts'
import type { ForecastThreadData } from './forecast-thread-data.ts'

/** A forecast that keeps learning in a thread of its own, from `start` to `end`. */
export interface Forecasting {
  /** Should the thread fail, the last forecast goes on answering, and `onFailure` is told once. */
  start(onFailure: (error: unknown) => void): void
  /** Forgets everything and learns again from what is stored: something of it was deleted. */
  relearn(): void
  end(): Promise<void>
}

/** @param publish is given every forecast that is newer than the last. */
export function forecasting(
  data: ForecastThreadData,
  publish: (published: PublishedForecast) => void,
): Forecasting {
  let thread: Worker | undefined
  let tell: ((error: unknown) => void) | undefined
  const begin = () => {
    const begun = new Worker(createRequire(import.meta.url).resolve('#forecast-thread'), {
      name: 'forecast',
      workerData: data,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    thread = begun
    // One that has been ended may still have something on its way.
    begun.on('message', (bytes: Uint8Array) => {
      const published = decodePublishedForecast(bytes)
      if (thread === begun && published !== undefined) publish(published)
    })
    begun.once('error', (error) => tell?.(error))
  }
  return {
    start(onFailure) {
      tell = onFailure
      begin()
    },
    relearn() {
      if (thread === undefined) return
      void thread.terminate()
      begin()
    },
    async end() {
      await thread?.terminate()
    },
  }
}
