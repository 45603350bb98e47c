import type { TelemetryLogger } from '../config.ts'
import type { Clock } from '../delivery/clock.ts'

/** What background work says again and again is said once in this time. */
const REPEAT_MS = 60_000

/** The caller's logger, made safe: it may be incomplete or throw. */
export class RunLog {
  readonly #logger: TelemetryLogger
  readonly #clock: Clock
  readonly #topics = new Map<string, { saidAtMs: number; keptBack: number }>()

  constructor(logger: TelemetryLogger, clock: Clock) {
    this.#logger = logger
    this.#clock = clock
  }

  debug(message: string): void {
    this.#say('debug', message)
  }

  warn(message: string): void {
    this.#say('warn', message)
  }

  error(message: string): void {
    this.#say('error', message)
  }

  /** Warns unless that topic was warned of within the last minute; then it is counted, and told with the next. */
  warnSometimes(topic: string, message: string): void {
    const nowMs = this.#clock.now()
    const state = this.#topics.get(topic)
    if (state !== undefined && nowMs - state.saidAtMs < REPEAT_MS) {
      state.keptBack++
      return
    }
    this.#topics.set(topic, { saidAtMs: nowMs, keptBack: 0 })
    this.warn(state?.keptBack ? `${message} (and ${state.keptBack} times before)` : message)
  }

  #say(level: 'debug' | 'warn' | 'error', message: string): void {
    try {
      this.#logger[level]?.(message)
    } catch {
      // Telemetry has nobody else to tell.
    }
  }
}

/* oxlint-disable eslint/no-console -- stderr is where an agent's operator looks; stdout is the agent's protocol */
/** Warnings and errors on stderr. */
export const consoleLogger: TelemetryLogger = {
  warn: (message) => console.warn(`[telemetry] ${message}`),
  error: (message) => console.error(`[telemetry] ${message}`),
}
/* oxlint-enable eslint/no-console */
