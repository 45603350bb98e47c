import type { PublishedForecast } from '../predictions/forecast/forecast-reader.ts'
import {
  decodePublishedForecast,
  encodePublishedForecast,
} from '../predictions/forecast/published-forecast-codec.ts'
import type { Store } from '../storage/store.ts'
import type { Forecasting } from './forecasting.ts'

const PUBLISHED = 'forecast_published'

export interface SharedForecastingParts {
  readonly store: Pick<Store, 'loadState' | 'saveState' | 'deletionsAfter'>
  /** Whether this process is the one that learns. */
  readonly isLeading: () => boolean
  /** Makes what learns here; it publishes to the function that it is given. */
  readonly learning: (publish: (published: PublishedForecast) => void) => Forecasting
  /** Is given every forecast that is newer than the last, learned here or elsewhere. */
  readonly publish: (published: PublishedForecast) => void
}

/**
 * One forecast for all processes of a shared store: the one that leads learns and saves what it publishes, the others
 * read that. All of it happens in `exchange`, which whoever owns this calls every few seconds.
 */
export class SharedForecasting implements Forecasting {
  readonly #parts: SharedForecastingParts
  readonly #learning: Forecasting
  #tell: ((error: unknown) => void) | undefined
  #isLearning = false
  /** Settles, always well, when learning that was ended has ended. */
  #ended: Promise<void> = Promise.resolve()
  /** Number of the last deletion before learning began. */
  #deletionNo = 0
  #unsaved: PublishedForecast | undefined
  /** What was read last of another process. */
  #revision = 0

  constructor(parts: SharedForecastingParts) {
    this.#parts = parts
    this.#learning = parts.learning((published) => {
      if (!this.#isLearning) return
      this.#unsaved = published
      parts.publish(published)
    })
  }

  get lagMs(): number {
    return this.#isLearning ? this.#learning.lagMs : 0
  }

  start(onFailure: (error: unknown) => void): void {
    this.#tell = onFailure
  }

  /** What was saved knows of fewer deletions than there are by now, so the next beginning finds nothing to go on from. */
  relearn(): void {
    this.#stopLearning()
  }

  async end(): Promise<void> {
    this.#tell = undefined
    this.#stopLearning()
    await this.#ended
  }

  /** Begins or ends learning as the lead comes and goes, and exchanges what is published with the store. */
  async exchange(): Promise<void> {
    const tell = this.#tell
    if (tell === undefined) return
    const isLeading = this.#parts.isLeading()
    if (isLeading && !this.#isLearning) await this.#begin(tell)
    if (!isLeading && this.#isLearning) this.#stopLearning()
    await (this.#isLearning ? this.#save() : this.#read())
  }

  async #begin(tell: (error: unknown) => void): Promise<void> {
    await this.#read() // stands in until something new is learned
    await this.#ended
    this.#deletionNo = (await this.#parts.store.deletionsAfter(0)).at(-1)?.deletionNo ?? 0
    if (this.#tell === undefined) return
    this.#isLearning = true
    this.#learning.start(tell)
  }

  #stopLearning(): void {
    this.#unsaved = undefined
    if (!this.#isLearning) return
    this.#isLearning = false
    this.#ended = this.#learning.end().catch(() => {}) // what it could not save is learned again
  }

  async #save(): Promise<void> {
    const published = this.#unsaved
    if (published === undefined) return
    this.#unsaved = undefined
    const state = { position: 0, deletionNo: this.#deletionNo, bytes: encodePublishedForecast(published) }
    try {
      await this.#parts.store.saveState(PUBLISHED, state)
    } catch (error) {
      this.#unsaved ??= published
      throw error
    }
  }

  /** A forecast of another version is left to those who know it. */
  async #read(): Promise<void> {
    const state = await this.#parts.store.loadState(PUBLISHED, this.#revision)
    if (state === undefined) return
    this.#revision = state.revision
    const published = decodePublishedForecast(state.bytes)
    if (published !== undefined) this.#parts.publish(published)
  }
}
