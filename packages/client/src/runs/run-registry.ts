import type { Clock } from '../delivery/clock.ts'
import type { ActiveRun } from './active-run.ts'
import type { RunIdentity } from './run-write.ts'

const MAX_KNOWN = 1_000
/** A run that another process has only just started is found a moment later. */
const MISS_MS = 2_000

/** Which runs are under way in this process, and where to find the others. */
export class RunRegistry {
  readonly #clock: Clock
  readonly #findRecent: (runId: string) => RunIdentity | undefined
  readonly #active = new Map<string, ActiveRun>()
  /** Ended here, or looked up; the newest last. */
  readonly #known = new Map<string, RunIdentity>()
  /** When an id was last looked up in vain: a chatty caller with a wrong id must not read files for every event. */
  readonly #missedAtMs = new Map<string, number>()

  constructor(clock: Clock, findRecent: (runId: string) => RunIdentity | undefined) {
    this.#clock = clock
    this.#findRecent = findRecent
  }

  get active(): ReadonlyMap<string, ActiveRun> {
    return this.#active
  }

  add(run: ActiveRun): void {
    this.#active.set(run.identity.run_id, run)
  }

  /** False where the run is not under way: it has ended, or another one has taken its id. */
  isActive(run: ActiveRun): boolean {
    return this.#active.get(run.identity.run_id) === run
  }

  end(run: ActiveRun): void {
    const { run_id } = run.identity
    if (!this.isActive(run)) return
    this.#active.delete(run_id)
    keep(this.#known, run_id, run.identity)
  }

  /** A run under way, ended, or started by another process on the same buffer. */
  find(runId: string): RunIdentity | undefined {
    return this.#active.get(runId)?.identity ?? this.#known.get(runId) ?? this.#lookUp(runId)
  }

  #lookUp(runId: string): RunIdentity | undefined {
    const nowMs = this.#clock.now()
    if (nowMs - (this.#missedAtMs.get(runId) ?? -Infinity) < MISS_MS) return undefined

    const found = this.#findRecent(runId)
    if (found === undefined) keep(this.#missedAtMs, runId, nowMs)
    else keep(this.#known, runId, found)
    return found
  }
}

/** Sets an entry as the newest; the oldest makes room. */
function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  const oldest = map.keys().next().value
  if (map.size > MAX_KNOWN && oldest !== undefined) map.delete(oldest)
}
