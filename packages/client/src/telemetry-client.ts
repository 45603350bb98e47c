import { host } from '#platform'

import { resolveConfig, type TelemetryConfig } from './config.ts'
import { type Cancel, systemClock } from './delivery/clock.ts'
import { safeReporter } from './delivery/error-reporter.ts'
import { type ClientStats, Ledger } from './delivery/ledger.ts'
import { EventBuilder } from './event-builder.ts'
import { buildEventDelivery, type EventDelivery, trackNothing } from './event-delivery.ts'
import { buildPredictions } from './predictions/build-predictions.ts'
import type { Predictions } from './predictions/predictions.ts'
import type { PredictionQuery, PredictionResponse, TaskCompletionEvent } from './protocol/index.ts'
import { TelemetryError } from './telemetry-error.ts'

/** Leaves a supervisor's usual ten seconds between SIGTERM and SIGKILL half unused. */
export const DEFAULT_STOP_TIMEOUT_MS = 5_000

/** How long a process that has nothing else to do may be held up by events that exist in memory only. */
const IDLE_EXIT_TIMEOUT_MS = 2_000

export interface StopOptions {
  /** Time for the last events to be sent, 5 000 ms by default. */
  readonly timeoutMs?: number | undefined
}

/**
 * Records finished tasks and asks for predictions. No method throws or rejects; what goes wrong is told to `onError`
 * and counted in `stats`. Its timers never keep the process alive.
 */
export class TelemetryClient {
  /**
   * Takes a snapshot of an event and returns at once. Events tracked before `start()` wait for it; after `stop()` they
   * are lost (and counted), unless there is a spool.
   */
  readonly track: (event: TaskCompletionEvent) => void
  readonly #instanceId: string
  readonly #ledger = new Ledger()
  /** Absent while disabled, or where the configuration cannot send. */
  readonly #events: EventDelivery | undefined
  readonly #predictions: Predictions | undefined
  #requests = new AbortController()
  #stopListening: Cancel = () => {}

  constructor(config: TelemetryConfig = {}) {
    const { config: resolved, problems, canSend } = resolveConfig(config, host.env)
    this.#instanceId = resolved.instanceId
    this.track = () => {}
    if (!resolved.enabled) return

    const report = safeReporter(resolved.onError)
    const context = { config: resolved, host, clock: systemClock, ledger: this.#ledger, report }
    if (problems.length > 0) report(badConfig(problems))
    if (canSend) {
      this.#events = buildEventDelivery(context)
      this.#predictions = buildPredictions(context, () => this.#requests.signal)
      this.track = this.#events.track
    } else {
      this.track = trackNothing(context)
    }
  }

  /** A new builder for this client's instance. */
  get eventBuilder(): EventBuilder {
    return new EventBuilder(this.#instanceId)
  }

  /** Events tracked and not settled yet, those on their way included. */
  get queueSize(): number {
    return this.#events?.backlog.size ?? 0
  }

  get isRunning(): boolean {
    return this.#events?.loop.isRunning ?? false
  }

  /** What became of the events so far. */
  get stats(): ClientStats {
    return this.#ledger.stats()
  }

  /** Starts sending in the background. After a finished `stop()` it starts anew; otherwise a second call does nothing. */
  start(): void {
    if (this.#events === undefined || this.isRunning) return
    if (this.#requests.signal.aborted) this.#requests = new AbortController()
    this.#events.loop.start()
    this.#stopListening()
    this.#stopListening = host.onIdleExit(() => this.#onIdleExit())
  }

  /** Sends what waits now, started or not; resolves when it is sent or the attempt has failed. */
  async flush(): Promise<void> {
    await this.#events?.loop.flush()
  }

  /**
   * Sends what waits for at most `timeoutMs`, then resolves; nothing is sent after that. Safe to call twice (both wait
   * for the same end) and before `start()`.
   */
  async stop(options: StopOptions = {}): Promise<void> {
    const timeoutMs = options.timeoutMs ?? DEFAULT_STOP_TIMEOUT_MS
    await this.#events?.stop(Math.max(0, Number(timeoutMs) || 0))
    this.#requests.abort()
    this.#stopListening()
  }

  /** A prediction from the cache, without waiting; null where none is cached. */
  getPrediction(query: PredictionQuery): PredictionResponse | null {
    return this.#predictions?.get(query) ?? null
  }

  /** Fetches predictions into the cache, a hundred a request. */
  async refreshPredictions(queries: readonly PredictionQuery[]): Promise<void> {
    await this.#predictions?.refresh(queries)
  }

  /** A prediction from the cache, else from the server; null where there is none or the server is away. */
  async predict(query: PredictionQuery): Promise<PredictionResponse | null> {
    return (await this.#predictions?.predict(query)) ?? null
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** The program has reached its end without `stop()`: what exists in memory only gets one short chance. */
  #onIdleExit(): void {
    if ((this.#events?.backlog.volatileSize ?? 0) > 0) void this.stop({ timeoutMs: IDLE_EXIT_TIMEOUT_MS })
  }
}

function badConfig(problems: readonly string[]): TelemetryError {
  return new TelemetryError('BAD_CONFIG', `the telemetry client is not set up: ${problems.join('; ')}`)
}
