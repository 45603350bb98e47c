import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'

import type { PublishedForecast } from '../predictions/forecast/forecast-reader.ts'
import { decodePublishedForecast } from '../predictions/forecast/published-forecast-codec.ts'
import type { Store } from '../storage/store.ts'
import {
  type BeginsAnew,
  beginsAnew,
  type ForecastMessage,
  type ForecastThreadData,
} from './forecast-thread-data.ts'

/** What a learner knows is saved under this name. */
const LEARNER = 'forecast_learner'
/** A thread may be in the middle of a fit; one that takes longer to end is ended. */
const END_WITHIN_MS = 10_000

/** A forecast that keeps learning in a thread of its own, from `start` to `end`. */
export interface Forecasting {
  /** How long ago the newest event arrived that is learned, milliseconds; 0 where nothing else is waiting. */
  readonly lagMs: number
  /** Goes on from what was saved. Should it fail, the last forecast goes on answering, and `onFailure` is told once. */
  start(onFailure: (error: unknown) => void): void
  /** Forgets everything and learns again from what is stored: something of it was deleted. */
  relearn(): void
  /** Saves what was learned. */
  end(): Promise<void>
}

export interface ForecastingParts extends Omit<ForecastThreadData, 'saved'> {
  readonly store: Pick<Store, 'loadState' | 'saveState' | 'deletionsAfter'>
  readonly logger: Pick<Logger, 'warn'>
  /** Is given every forecast that is newer than the last. */
  readonly publish: (published: PublishedForecast) => void
}

export function forecasting(parts: ForecastingParts): Forecasting {
  let learning: Learning | undefined
  let tell: ((error: unknown) => void) | undefined
  const begin = (isFresh: boolean) => {
    learning = new Learning(parts, isFresh, (error) => tell?.(error))
  }
  return {
    get lagMs() {
      return learning?.lagMs ?? 0
    },
    start(onFailure) {
      tell = onFailure
      begin(false)
    },
    relearn() {
      if (learning === undefined) return
      learning.abandon()
      begin(true)
    },
    async end() {
      await learning?.end()
      learning = undefined
    },
  }
}

/** One thread, from its beginning to its end. */
class Learning {
  readonly #parts: ForecastingParts
  readonly #begun: Promise<void>
  /** As the thread told last. */
  lagMs = 0
  #thread: Worker | undefined
  #isAbandoned = false
  /** Settles, always well, when what was saved last is saved. */
  #saving: Promise<void> = Promise.resolve()
  #noteEnded: () => void = () => {}
  readonly #ended = new Promise<void>((resolve) => (this.#noteEnded = resolve))

  constructor(parts: ForecastingParts, isFresh: boolean, onFailure: (error: unknown) => void) {
    this.#parts = parts
    this.#begun = this.#begin(isFresh, onFailure).catch(onFailure)
  }

  /** Ends the thread now; whatever it still says is not heard. */
  abandon(): void {
    this.#isAbandoned = true
    void this.#thread?.terminate()
  }

  async end(): Promise<void> {
    await this.#begun
    this.#thread?.postMessage('end')
    if (this.#thread !== undefined) {
      await Promise.race([this.#ended, sleep(END_WITHIN_MS, undefined, { ref: false })])
    }
    await this.#saving
    this.abandon()
  }

  async #begin(isFresh: boolean, onFailure: (error: unknown) => void): Promise<void> {
    const { store, source, minInstances, windowDays } = this.#parts
    // Read before any event is: of a deletion that comes later, what is learned may know too much.
    const deletionNo = (await store.deletionsAfter(0)).at(-1)?.deletionNo ?? 0
    const saved = isFresh ? undefined : await store.loadState(LEARNER)
    if (this.#isAbandoned) return
    const workerData: ForecastThreadData = { source, minInstances, windowDays, saved }
    const thread = new Worker(createRequire(import.meta.url).resolve('#forecast-thread'), {
      name: 'forecast',
      workerData,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    this.#thread = thread
    thread.on('message', (message: ForecastMessage) => {
      if (!this.#isAbandoned) this.#hear(message, deletionNo)
    })
    thread.once('error', onFailure)
    thread.once('exit', this.#noteEnded)
  }

  #hear(message: ForecastMessage, deletionNo: number): void {
    switch (message.kind) {
      case 'published': {
        const published = decodePublishedForecast(message.bytes)
        if (published !== undefined) this.#parts.publish(published)
        return
      }
      case 'checkpoint': {
        const { position, bytes } = message
        this.#saving = this.#saving.then(() => this.#save({ position, deletionNo, bytes }))
        return
      }
      case 'learned':
        this.lagMs = message.lagMs
        return
      case 'begins_anew':
        return this.#noteBeginsAnew(message.reason)
      case 'ended':
        return this.#noteEnded()
    }
  }

  async #save(state: Parameters<Store['saveState']>[1]): Promise<void> {
    try {
      await this.#parts.store.saveState(LEARNER, state)
    } catch (error) {
      this.#parts.logger.warn(
        { err: error },
        'what the forecast has learned was not saved; a restart learns it again from the events',
      )
    }
  }

  #noteBeginsAnew(reason: BeginsAnew): void {
    this.#parts.logger.warn({ reason }, `the forecast learns everything again: ${beginsAnew[reason]}`)
  }
}
