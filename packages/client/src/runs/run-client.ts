import { host } from '#platform'

import { type Cancel, systemClock } from '../delivery/clock.ts'
import { type ClientStats, Ledger } from '../delivery/ledger.ts'
import type { NewRun, RunChanges } from '../protocol/index.ts'
import type { ActiveRun } from './active-run.ts'
import { describeThrown } from './describe-thrown.ts'
import type { CommitAnswer, EndStatus, StartFields, SyncReport } from './run-answers.ts'
import { resolveRunSettings, type RunClientConfig } from './run-config.ts'
import { errorId, isErrorId, runIdGenerator } from './run-id.ts'
import { RunLog } from './run-log.ts'
import { RunRecorder } from './run-recorder.ts'
import { type RunStats, runStatistics, UNAVAILABLE } from './run-statistics.ts'
import { RunTracker } from './run-tracker.ts'
import { TrackedRun } from './tracked-run.ts'

/** Leaves a supervisor's usual ten seconds between SIGTERM and SIGKILL half unused. */
const DEFAULT_CLOSE_TIMEOUT_MS = 5_000
/** How long a process that has nothing else to do is held up: for what is on disk, and for what is in memory only. */
const IDLE_EXIT_MS = { onDisk: 500, inMemory: 2_000 } as const

/**
 * Records the runs of agents. No method throws or rejects (`trackRun` passes on only the agent's own error), waits for
 * the network, or writes to stdout; what goes wrong is told to the logger. Its timers never keep the process alive.
 */
export class RunClient {
  readonly #log: RunLog
  readonly #newRunId = runIdGenerator(host.fillRandom, systemClock.now)
  /** Both absent while disabled. */
  readonly #recorder: RunRecorder | undefined
  readonly #tracker: RunTracker | undefined
  #stopListening: Cancel = () => {}

  constructor(config: RunClientConfig = {}) {
    const { problems, settings } = resolveRunSettings(config, host.env)
    this.#log = new RunLog(settings.logger, systemClock)
    if (!settings.enabled) return

    for (const problem of problems) this.#log.warn(`${problem}; the default stands in for it`)
    this.#recorder = new RunRecorder(settings, this.#log)
    this.#tracker = new RunTracker(this.#recorder, this.#log, systemClock, this.#newRunId)
    this.#recorder.outbox.start()
    this.#stopListening = host.onIdleExit(() => this.#onIdleExit())
  }

  /** The runs that were started here and have not ended, as they would read now. A copy. */
  get activeRuns(): ReadonlyMap<string, NewRun> {
    const active = [...(this.#tracker?.active ?? [])]
    return new Map(active.map(([runId, run]) => [runId, run.started()]))
  }

  /** Writes on this side of the server. */
  get queueSize(): number {
    return this.#recorder?.outbox.size ?? 0
  }

  /** What became of the writes so far: each start, end, commit and event is one. */
  get stats(): ClientStats {
    return (this.#recorder?.ledger ?? new Ledger()).stats()
  }

  /**
   * Starts a run and returns its id at once. On any failure the id begins with `error-`; it is accepted everywhere and
   * does nothing, so the agent goes on.
   */
  startRun(agentName: string, jobType: string, triggerType = 'cli', fields: StartFields = {}): string {
    const run = this.#start(agentName, jobType, triggerType, fields)
    return typeof run === 'string' ? run : run.identity.run_id
  }

  /** Ends a run. An id that is not under way here is a warning. */
  endRun(runId: string, status: EndStatus = 'success', fields: RunChanges = {}): void {
    this.#guard('endRun', undefined, (tracker) => {
      if (isNoRun(runId)) return
      const run = tracker.active.get(runId)
      if (run === undefined) this.#log.warn(`endRun: Run ID not found: ${String(runId)}`)
      else tracker.end(run, status, fields)
    })
  }

  /** Notes something that happened in a run. The payload may be anything; what has no JSON is replaced by a word. */
  logEvent(runId: string, eventType: string, payload?: unknown): void {
    this.#guard('logEvent', undefined, (tracker) => {
      if (!isNoRun(runId)) tracker.event(String(runId), eventType, payload)
    })
  }

  /** Names the commit of a run, while it is under way or after its end, also a run of an earlier process. */
  associateCommit(
    runId: string,
    commitHash: string,
    commitSource: string,
    commitAuthor?: string | null,
    commitTimestamp?: string | null,
  ): CommitAnswer {
    const failed: CommitAnswer = { success: false, message: 'the commit could not be recorded' }
    return this.#guard('associateCommit', failed, (tracker) => {
      if (isNoRun(runId)) return { success: false, message: 'the run was never recorded' }
      return tracker.commit(String(runId), commitHash, commitSource, commitAuthor, commitTimestamp)
    })
  }

  /** Tracks a run to the end of the scope: `await using run = client.trackRun(…)`. See `TrackedRun`. */
  trackRun(agentName: string, jobType: string, options?: StartFields): TrackedRun
  /** Tracks a run while `work` runs, and passes on what it returns or throws. */
  trackRun<Result>(agentName: string, jobType: string, work: Work<Result>): Promise<Result>
  trackRun<Result>(
    agentName: string,
    jobType: string,
    options: StartFields | undefined,
    work: Work<Result>,
  ): Promise<Result>
  trackRun<Result>(
    agentName: string,
    jobType: string,
    optionsOrWork: StartFields | Work<Result> = {},
    lastWork?: Work<Result>,
  ): TrackedRun | Promise<Result> {
    const [options, work] =
      typeof optionsOrWork === 'function' ? [{}, optionsOrWork] : [optionsOrWork, lastWork]
    const run = this.#track(this.#start(agentName, jobType, 'cli', options))
    return typeof work === 'function' ? runToItsEnd(run, work) : run
  }

  /** Counts of runs: the server's, else those of this machine's own records. */
  async getStats(): Promise<RunStats> {
    try {
      const recorder = this.#recorder
      return recorder === undefined ? UNAVAILABLE : await runStatistics(recorder.http, recorder.journal)
    } catch (thrown) {
      this.#log.debug(`getStats failed: ${describeThrown(thrown)}`)
      return UNAVAILABLE
    }
  }

  /** Sends what waits, now; resolves when it is sent or the attempt has failed. */
  async sync(): Promise<SyncReport> {
    const before = this.stats
    const cause = await this.#recorder?.outbox.flush()
    const after = this.stats
    return {
      delivered: after.delivered - before.delivered,
      refused: after.rejected - before.rejected,
      waiting: this.queueSize,
      cause: cause ?? null,
    }
  }

  /** Sends what waits for at most `timeoutMs`, 5 000 by default; the rest stays in the buffer for the next client. */
  async close(options: { readonly timeoutMs?: number | undefined } = {}): Promise<void> {
    const left = [...(this.#tracker?.active.keys() ?? [])]
    if (left.length > 0) {
      this.#log.warn(
        `closed with ${left.length} runs under way, which stay running: ${left.slice(0, 3).join(', ')}`,
      )
    }
    const timeoutMs: unknown = this.#guard<unknown>('close', 0, () => options?.timeoutMs)
    await this.#stop(typeof timeoutMs === 'number' ? Math.max(0, timeoutMs || 0) : DEFAULT_CLOSE_TIMEOUT_MS)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #start(agentName: string, jobType: string, triggerType: string, fields: StartFields): ActiveRun | string {
    const id = this.#newRunId(typeof agentName === 'string' ? agentName : 'unknown')
    const fallback = this.#tracker === undefined ? id : errorId(id)
    return this.#guard<ActiveRun | string>('startRun', fallback, (tracker) =>
      tracker.start({ agentName, jobType, triggerType, fields }),
    )
  }

  /** Holds on to the run itself: its id may come to stand for another one. */
  #track(run: ActiveRun | string): TrackedRun {
    if (typeof run === 'string') {
      return new TrackedRun({ runId: run, logEvent: () => {}, setMetrics: () => {}, end: () => {} })
    }
    const runId = run.identity.run_id
    return new TrackedRun({
      runId,
      logEvent: (eventType, payload) => this.logEvent(runId, eventType, payload),
      setMetrics: (fields) => this.#guard('setMetrics', undefined, (tracker) => tracker.change(run, fields)),
      end: (status, fields) =>
        this.#guard('endRun', undefined, (tracker) => tracker.end(run, status, fields)),
    })
  }

  #guard<Result>(method: string, fallback: Result, act: (tracker: RunTracker) => Result): Result {
    if (this.#tracker === undefined) return fallback
    try {
      return act(this.#tracker)
    } catch (thrown) {
      this.#log.error(`${method} failed: ${describeThrown(thrown)}`)
      return fallback
    }
  }

  async #stop(timeoutMs: number): Promise<void> {
    await this.#recorder?.outbox.stop(timeoutMs)
    this.#stopListening()
  }

  /** The program has reached its end without `close()`. Runs under way stay so: the server ends them when they are old. */
  #onIdleExit(): void {
    if (this.queueSize === 0) return
    const isOnDisk = this.#recorder?.outbox.volatileSize === 0
    void this.#stop(isOnDisk ? IDLE_EXIT_MS.onDisk : IDLE_EXIT_MS.inMemory)
  }
}

/** What an agent does in a run. */
type Work<Result> = (run: TrackedRun) => Result | Promise<Result>

function isNoRun(runId: unknown): boolean {
  return typeof runId === 'string' && isErrorId(runId)
}

async function runToItsEnd<Result>(run: TrackedRun, work: Work<Result>): Promise<Result> {
  let result: Result
  try {
    result = await work(run)
  } catch (error) {
    run.fail(error)
    throw error
  }
  run.end('success')
  return result
}
