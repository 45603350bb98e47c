import { TelemetryError } from '../telemetry-error.ts'
import type { Backlog, LeaseLimits } from './backlog.ts'
import { type Cancel, type Clock, keepProcessAlive, soon } from './clock.ts'
import { type Deferred, deferred } from './deferred.ts'
import { MAX_DELAY_MS } from './retrying.ts'
import type { Sleeper } from './sleeper.ts'
import { type BatchReport, type Batch, type Delivery, type Fate, type Setback, WAITING } from './transport.ts'

export interface DeliveryLoopParts {
  readonly backlog: Backlog
  readonly delivery: Delivery
  readonly clock: Clock
  readonly sleeper: Sleeper
  /** From the first waiting record to the next cycle. */
  readonly intervalMs: number
  /** From a setback to the next cycle, at most a minute; `intervalMs` where it is left out. */
  readonly retryIntervalMs?: number
  /** Batches on their way at a time; 1 keeps the records' order. Six where it is left out. */
  readonly maxBatchesUnderWay?: number
  /** With this many records waiting, a cycle begins at once. */
  readonly flushEarlyAt: number
  readonly limits: LeaseLimits
  /** Told what became of every record that was sent. */
  readonly onFate: (fate: Fate, record: string) => void
  /** Told once a cycle why it ended with records still waiting. */
  readonly onSetback: (cause: TelemetryError) => void
}

/**
 * idle -> running -> stopping -> stopped -> running …
 *
 * A cycle sends batch after batch, oldest first and a few at a time, until nothing waits or a setback ends it.
 * `flush()` runs a cycle in any state but `stopped`.
 */
type State = 'idle' | 'running' | 'stopping' | 'stopped'

/**
 * More hide the time a batch takes to travel, and one that waits for its next try does not hold up the others. Each
 * listens for the end; beyond ten listeners Node would print a warning.
 */
const DEFAULT_BATCHES_UNDER_WAY = 6

/** Between the cycles of a `stop()` that has time left. */
const LAST_CHANCES_MS = 500

export class DeliveryLoop {
  readonly #parts: DeliveryLoopParts
  #state: State = 'idle'
  #cycle: Cycle | undefined
  #stopping: Promise<void> | undefined
  #halt = new AbortController()
  #cancelTimer: Cancel | undefined
  #timerIsEarly = false
  /** Set by a setback: not before this time, unless somebody flushes. */
  #heldUntilMs = 0
  #lastSetback: Setback['kind'] | undefined
  /** Set by a `Retry-After`: not before this time, whoever asks. */
  #askedToWaitUntilMs = 0

  constructor(parts: DeliveryLoopParts) {
    this.#parts = parts
  }

  get isRunning(): boolean {
    return this.#state === 'running'
  }

  /** Begins anew after a finished stop; while stopping or running it does nothing. */
  start(): void {
    if (this.#state !== 'idle' && this.#state !== 'stopped') return
    this.#state = 'running'
    this.#halt = new AbortController()
    this.#parts.backlog.open()
    this.#schedule(true) // what an earlier run left behind has waited long enough
  }

  /** To be called after every record that was added. */
  added(): void {
    this.#schedule()
  }

  /** Sends what waits, now; resolves when it is sent or the cycle has failed. */
  async flush(): Promise<void> {
    if (this.#state === 'stopped') return
    const release = keepProcessAlive()
    try {
      this.#parts.sleeper.wake()
      await this.#startCycle()
    } finally {
      release()
    }
  }

  /** Flushes for at most `timeoutMs`, then sends nothing more. Every caller waits for the same end. */
  stop(timeoutMs: number): Promise<void> {
    if (this.#state === 'stopped') return Promise.resolve()
    this.#stopping ??= this.#finish(timeoutMs).finally(() => (this.#stopping = undefined))
    return this.#stopping
  }

  async #finish(timeoutMs: number): Promise<void> {
    this.#state = 'stopping'
    this.#clearTimer()
    const release = keepProcessAlive()
    const cancelDeadline = this.#parts.clock.after(timeoutMs, () => this.#halt.abort())
    try {
      this.#parts.sleeper.wake()
      const wasClear = (await this.#cycle?.ended.promise) ?? true
      const isClear = wasClear && (await this.#startCycle())
      if (!isClear) await this.#keepTrying()
    } finally {
      cancelDeadline()
      release()
      this.#state = 'stopped'
      this.#parts.backlog.close()
    }
  }

  /** What would die with the process gets every chance that is left; what is on a disk can wait for the next client. */
  async #keepTrying(): Promise<void> {
    const { backlog, sleeper } = this.#parts
    const { signal } = this.#halt
    while (backlog.volatileSize > 0 && this.#lastSetback === 'try_again' && !signal.aborted) {
      await sleeper.sleep(LAST_CHANCES_MS, signal, { wakeable: false })
      await this.#startCycle()
    }
  }

  /** The only place that decides when the next cycle begins. Called after every change. */
  #schedule(isUrgent = false): void {
    const { backlog, clock, flushEarlyAt, intervalMs } = this.#parts
    if (this.#state !== 'running' || (this.#cycle !== undefined && !this.#hasFreeLane(this.#cycle))) return

    const { waiting } = backlog
    if (waiting === 0) return
    const isEarly = isUrgent || waiting >= flushEarlyAt
    if (this.#cancelTimer !== undefined && (this.#timerIsEarly || !isEarly)) return

    this.#clearTimer()
    this.#timerIsEarly = isEarly
    const delayMs = Math.max(isEarly ? 0 : intervalMs, this.#heldUntilMs - clock.now())
    const begin = (): void => {
      this.#cancelTimer = undefined
      void this.#startCycle()
    }
    this.#cancelTimer = delayMs > 0 ? clock.after(delayMs, begin) : soon(begin)
  }

  /** Fills the lanes, of the cycle that runs or of a new one. Resolves to whether it ends without a setback. */
  #startCycle(): Promise<boolean> {
    this.#clearTimer()
    const cycle = (this.#cycle ??= { ended: deferred(), lanes: 0, isSetBack: false })
    while (this.#hasFreeLane(cycle)) {
      cycle.lanes++
      void this.#runLane(cycle).finally(() => this.#endLane(cycle))
    }
    return cycle.ended.promise
  }

  #endLane(cycle: Cycle): void {
    cycle.lanes--
    if (cycle.lanes > 0) return
    this.#cycle = undefined
    cycle.ended.resolve(!cycle.isSetBack)
    this.#schedule()
  }

  /** Sends one batch after the other until nothing is left to take, or any lane meets a setback. */
  async #runLane(cycle: Cycle): Promise<void> {
    const { backlog, clock, limits, onFate } = this.#parts

    while (!cycle.isSetBack) {
      if (this.#halt.signal.aborted || clock.now() < this.#askedToWaitUntilMs) {
        cycle.isSetBack = true
        return
      }
      const lease = backlog.lease(limits)
      if (lease === undefined) return

      const { fates, setback } = await this.#deliver(lease.batch)
      lease.settle(fates)
      for (const [index, record] of lease.batch.entries()) onFate(fates[index] ?? WAITING, record)
      if (setback !== undefined) this.#setBack(cycle, setback)
      else if (!cycle.isSetBack) this.#heldUntilMs = 0
    }
  }

  /** The first one ends the cycle and is reported; the other lanes can only confirm it. */
  #setBack(cycle: Cycle, setback: Setback): void {
    if (cycle.isSetBack) return
    cycle.isSetBack = true
    this.#lastSetback = setback.kind
    this.#hold(setback.kind === 'try_again' ? setback.afterMs : undefined)
    this.#parts.onSetback(setback.cause)
  }

  /** Nothing in a delivery throws; if something does after all, it is our bug and must not cost the batch. */
  async #deliver(batch: Batch): Promise<BatchReport> {
    try {
      return await this.#parts.delivery.deliver(batch, this.#halt.signal)
    } catch (cause) {
      const error = new TelemetryError(
        'INTERNAL',
        'a batch could not be sent because of a bug in this client',
        {
          hint: 'Please report it.',
          cause,
        },
      )
      return { fates: batch.map(() => WAITING), setback: { kind: 'denied', cause: error } }
    }
  }

  /** After a setback even a full queue waits: a crowd of probes would not bring the server back. */
  #hold(askedMs: number | undefined): void {
    const nowMs = this.#parts.clock.now()
    this.#askedToWaitUntilMs = askedMs === undefined ? 0 : nowMs + askedMs
    this.#heldUntilMs = Math.max(
      this.#askedToWaitUntilMs,
      nowMs + Math.min(this.#parts.retryIntervalMs ?? this.#parts.intervalMs, MAX_DELAY_MS),
    )
  }

  #hasFreeLane(cycle: Cycle): boolean {
    return cycle.lanes < (this.#parts.maxBatchesUnderWay ?? DEFAULT_BATCHES_UNDER_WAY) && !cycle.isSetBack
  }

  #clearTimer(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}

/** What the lanes of one cycle share. */
interface Cycle {
  readonly ended: Deferred<boolean>
  lanes: number
  isSetBack: boolean
}
