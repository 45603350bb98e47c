import type { Clock } from '../delivery/clock.ts'
import { findTextProblem, readRunStatus, type RunChanges, type RunStatus } from '../protocol/index.ts'
import type { ActiveRun } from './active-run.ts'
import { copyJson } from './json-copy.ts'
import { readCommit } from './read-commit.ts'
import { readFields } from './read-fields.ts'
import type { CommitAnswer } from './run-answers.ts'
import { findRunIdProblem } from './run-id.ts'
import type { RunLog } from './run-log.ts'
import type { RunRecorder } from './run-recorder.ts'
import { RunRegistry } from './run-registry.ts'

/** What a caller says, before anything of it is believed. */
export interface Given {
  readonly agentName: unknown
  readonly jobType: unknown
  readonly triggerType: unknown
  readonly fields: unknown
}

const MAX_NAME_LENGTH = 255

/** Checks what callers say and keeps the registry. It may throw on hostile values; `RunClient` catches. */
export class RunTracker {
  readonly #recorder: RunRecorder
  readonly #log: RunLog
  readonly #registry: RunRegistry
  readonly #newRunId: (agentName: string) => string

  constructor(recorder: RunRecorder, log: RunLog, clock: Clock, newRunId: (agentName: string) => string) {
    this.#recorder = recorder
    this.#log = log
    this.#newRunId = newRunId
    this.#registry = new RunRegistry(clock, (runId) => recorder.findRecent(runId))
  }

  get active(): ReadonlyMap<string, ActiveRun> {
    return this.#registry.active
  }

  /** @throws Error where the run has no name or no job, or nothing can be read of it. */
  start({ agentName, fields, jobType, triggerType }: Given): ActiveRun {
    const problem =
      describe('agentName', findTextProblem(agentName, 1, MAX_NAME_LENGTH)) ??
      describe('jobType', findTextProblem(jobType, 1, MAX_NAME_LENGTH))
    if (problem !== undefined) throw new TypeError(problem)

    const run = this.#recorder.start({
      agentName: agentName as string,
      jobType: jobType as string,
      runId: this.#chooseRunId(fields, agentName as string),
      fields: { ...this.#read('startRun', { trigger_type: triggerType }), ...this.#read('startRun', fields) },
    })
    this.#registry.add(run)
    return run
  }

  end(run: ActiveRun, status: unknown, fields: unknown): void {
    const known = readRunStatus(status)
    const isEnd = known !== undefined && known !== 'running'
    if (!isEnd)
      this.#log.warn(`endRun: ${quote(status)} is no status of an end; the run is noted as a failure`)
    if (!isEnd) run.change({ error_summary: `ended with an unknown status: ${quote(status)}` })
    run.change(this.#read('endRun', fields))
    const end: Exclude<RunStatus, 'running'> = isEnd ? known : 'failure'
    this.#registry.end(run)
    this.#recorder.end(run, end)
  }

  change(run: ActiveRun, fields: unknown): void {
    run.change(this.#read('setMetrics', fields))
  }

  event(runId: string, eventType: unknown, payload: unknown): void {
    const problem = describe('eventType', findTextProblem(eventType, 1, MAX_NAME_LENGTH))
    if (problem !== undefined) return this.#log.warn(`logEvent: ${problem}; the event is left out`)

    const run = this.#registry.find(runId)
    if (run === undefined) this.#log.warnSometimes(`event ${runId}`, `logEvent: Run ID not found: ${runId}`)
    this.#recorder.event(runId, run, eventType as string, copyJson(payload))
  }

  commit(runId: string, hash: unknown, source: unknown, author: unknown, timestamp: unknown): CommitAnswer {
    const read = readCommit(hash, source, author, timestamp)
    if (!read.ok) return { success: false, message: read.problem }
    const run = this.#registry.find(runId)
    if (run === undefined) return { success: false, message: `Run ID not found: ${runId}` }

    this.#registry.active.get(runId)?.commit(read.commit)
    this.#recorder.commit(run, read.commit)
    return { success: true, message: `commit ${read.commit.commit_hash} is noted for run ${runId}` }
  }

  #chooseRunId(fields: unknown, agentName: string): string {
    const own: unknown = (fields as { readonly run_id?: unknown } | null | undefined)?.run_id
    const isGiven = own !== undefined && own !== null
    const problem = isGiven ? findRunIdProblem(own) : undefined
    if (!isGiven || problem !== undefined) {
      const made = this.#newRunId(agentName)
      if (problem !== undefined) this.#log.warn(`startRun: run_id ${problem}; the run goes by ${made}`)
      return made
    }
    const runId = own as string
    if (this.active.has(runId)) {
      this.#log.warn(`startRun: ${runId} is under way already; from now on the id stands for the new run`)
    }
    return runId
  }

  #read(method: string, given: unknown): RunChanges {
    const { fields, problems } = readFields(given)
    if (problems.length > 0) this.#log.warn(`${method}: left out: ${problems.join('; ')}`)
    return fields
  }
}

function describe(name: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${name} ${problem}`
}

function quote(value: unknown): string {
  return String(JSON.stringify(copyJson(value))).slice(0, 100)
}
