import type {
  AlsoCalledFact,
  LogFact,
  ModelRequest,
  SessionResetFact,
  SessionTotalsFact,
} from '../log-facts.ts'
import type { SubagentEndFact, TaskRef, TaskStartFact } from '../log-facts.ts'
import { type Activity, addFact, noActivity } from '../tasks/activity.ts'
import { joinCopies, type LoggedRequest } from './request-join.ts'

/**
 * The facts of a stretch of one file, joined and added up as far as they can be without the ledger. Plain data: a thread
 * that reads hands it to the one that writes as JSON.
 */
export interface GatheredFacts {
  readonly activities: readonly TaskActivity[]
  readonly requests: readonly GatheredRequest[]
  readonly others: readonly OtherFact[]
}

export interface TaskActivity {
  readonly task: TaskRef
  readonly activity: Activity
}

/** A request, all copies of it in the stretch joined. */
export interface GatheredRequest {
  /** Request id, `|`, response id: what `requests.request_key` holds. */
  readonly key: string
  readonly model: string
  readonly provider: string
  readonly isFast: boolean
  readonly webSearches: number
  readonly durationMs: number | undefined
  readonly contextWindow: number | undefined
  readonly statedCostUsd: number | undefined
  readonly logged: LoggedRequest
}

export type OtherFact =
  | AlsoCalledFact
  | SessionResetFact
  | SessionTotalsFact
  | SubagentEndFact
  | TaskStartFact

/** Takes facts one by one. */
export class FactGatherer {
  #activities = new Map<string, TaskActivity>()
  #requests = new Map<string, GatheredRequest>()
  #others: OtherFact[] = []

  readonly add = (fact: LogFact): void => {
    switch (fact.kind) {
      case 'request':
        return this.#addRequest(gatherRequest(fact.task, fact.request))
      case 'session_reset':
        this.#forgetActivities(fact.session)
        this.#others.push(fact)
        return
      case 'also_called':
      case 'subagent_end':
      case 'session_totals':
        this.#others.push(fact)
        return
      case 'task_start':
        this.#others.push(fact)
        return addFact(this.#activityOf(fact.task), fact)
      default:
        addFact(this.#activityOf(fact.task), fact)
    }
  }

  /** What was gathered since the last time. */
  take(): GatheredFacts {
    const gathered = {
      activities: [...this.#activities.values()],
      requests: [...this.#requests.values()],
      others: this.#others,
    }
    this.#activities = new Map()
    this.#requests = new Map()
    this.#others = []
    return gathered
  }

  #addRequest(request: GatheredRequest): void {
    const known = this.#requests.get(request.key)
    this.#requests.set(
      request.key,
      known === undefined ? request : { ...known, logged: joinCopies(known.logged, request.logged) },
    )
  }

  #activityOf(task: TaskRef): Activity {
    const key = `${task.session}\n${task.prompt}\n${task.subagent ?? ''}`
    const known = this.#activities.get(key)
    if (known !== undefined) return known.activity
    const activity = noActivity()
    this.#activities.set(key, { task, activity })
    return activity
  }

  #forgetActivities(session: string): void {
    for (const [key, { task }] of this.#activities) {
      if (task.session === session) this.#activities.delete(key)
    }
  }
}

function gatherRequest(task: TaskRef, request: ModelRequest): GatheredRequest {
  return {
    key: `${request.key.requestId ?? ''}|${request.key.responseId}`,
    model: request.model,
    provider: request.provider,
    isFast: request.isFast === true,
    webSearches: request.webSearches ?? 0,
    durationMs: request.durationMs,
    contextWindow: request.contextWindow,
    statedCostUsd: request.statedCostUsd,
    logged: {
      session: task.session,
      prompt: task.prompt,
      atMs: request.atMs,
      role: request.role,
      isSidechain: request.isSidechainCopy === true,
      subagent: task.subagent ?? null,
      tokens: request.tokens,
      isOutputPartial: request.isOutputPartial === true,
    },
  }
}
