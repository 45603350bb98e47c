import { TelemetryError } from '../telemetry-error.ts'
import type { Clock } from './clock.ts'
import type { Report } from './error-reporter.ts'
import type { LossReason } from './ledger.ts'

/** A burst ends when this long has passed since its report; the next loss is reported again, with what came between. */
const BURST_MS = 60_000

/** What is said of the losses that come in floods. The others are reported one by one, with their own words. */
export interface LossWords {
  /** What one lost record is called. */
  readonly noun: string
  readonly reasons: Partial<Readonly<Record<LossReason, readonly [what: string, hint: string]>>>
}

const eventReasons: LossWords['reasons'] = {
  unconfigured: ['discarded because the client is not configured', 'See the BAD_CONFIG report.'],
  evicted: ['evicted from the full queue', 'Raise maxQueueSize or set spoolDir.'],
  spool_full: ['evicted from the full spool', 'Raise spoolMaxBytes.'],
  expired: ['too old to be kept in the spool', 'Raise spoolMaxAgeMs.'],
  damaged: ['unreadable in the spool', 'A process or the disk failed.'],
  stopped: ['not sent because the client has stopped', 'Raise timeoutMs of stop() or set spoolDir.'],
}
const eventWords: LossWords = { noun: 'event', reasons: eventReasons }

interface Burst {
  unreported: number
  reportedAtMs: number
}

/** Tells about losses once a burst, however many there are, and forgets none. */
export class LossReporter {
  readonly #clock: Clock
  readonly #report: Report
  readonly #words: LossWords
  readonly #bursts = new Map<LossReason, Burst>()

  constructor(clock: Clock, report: Report, words: LossWords = eventWords) {
    this.#clock = clock
    this.#report = report
    this.#words = words
  }

  lose(reason: LossReason, count: number): void {
    if (this.#words.reasons[reason] === undefined) return

    let burst = this.#bursts.get(reason)
    if (burst === undefined) this.#bursts.set(reason, (burst = { unreported: 0, reportedAtMs: -Infinity }))
    burst.unreported += count
    const nowMs = this.#clock.now()
    if (nowMs - burst.reportedAtMs >= BURST_MS) this.#tell(reason, burst, nowMs)
  }

  /** Tells what the bursts have kept back, at the end. */
  flush(): void {
    for (const [reason, burst] of this.#bursts) {
      if (burst.unreported > 0) this.#tell(reason, burst, this.#clock.now())
    }
  }

  #tell(reason: LossReason, burst: Burst, nowMs: number): void {
    const [what, hint] = this.#words.reasons[reason] ?? [reason, undefined]
    const count = burst.unreported
    burst.unreported = 0
    burst.reportedAtMs = nowMs
    const sentence = `${count} ${this.#words.noun}${count === 1 ? ' was' : 's were'} ${what}`
    this.#report(new TelemetryError('EVENTS_LOST', sentence, { hint }))
  }
}
