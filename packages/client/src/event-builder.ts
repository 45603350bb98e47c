import { host } from '#platform'

import {
  Complexity,
  Harness,
  Outcome,
  Provider,
  type QualityGate,
  type RepoSizeCategory,
  type TaskCompletionEvent,
  TaskType,
} from './protocol/index.ts'
import { snapshotEvent } from './event-snapshot.ts'
import { eventDefaultsFor } from './event-defaults.ts'

/** What `build()` is given: an event without what the builder fills in; any of it may be given all the same. */
export type EventFields = Omit<TaskCompletionEvent, 'instance_id'> & {
  readonly instance_id?: string | undefined
}

const eventDefaults = eventDefaultsFor(host.fillRandom, Date.now)

const DEFAULTS = {
  task_duration_ms: 0,
  task_type: TaskType.UNKNOWN,
  complexity: Complexity.MEDIUM,
  harness: Harness.UNKNOWN,
  model: 'unknown',
  provider: Provider.UNKNOWN,
  estimated_input_tokens: 0,
  estimated_output_tokens: 0,
  actual_input_tokens: 0,
  actual_output_tokens: 0,
  estimated_cost_usd_micros: 0,
  actual_cost_usd_micros: 0,
  quality_gate_passed: false,
  context_compactions: 0,
  context_rotations: 0,
  context_utilization_final: 0,
  outcome: Outcome.FAILURE,
  retry_count: 0,
} as const

/**
 * Builds events of one instance, either at once, `build({ ...fields })`, or step by step with the defaults of the
 * setters: `.taskType(…).model(…).build()`. A builder can be used again; each event gets an id and a time of its own
 * unless they were set.
 */
export class EventBuilder {
  readonly #instanceId: string
  /** What the setters were given, and nothing else. */
  #given: Partial<TaskCompletionEvent> | undefined

  constructor(instanceId: string) {
    this.#instanceId = instanceId
  }

  /** Default: a new UUIDv7 for each event. */
  eventId(value: string): this {
    return this.#set({ event_id: value })
  }

  /** When the task ended. Default: now. */
  timestamp(value: Date | string): this {
    return this.#set({ timestamp: typeof value === 'string' ? value : value.toISOString() })
  }

  /** Default: `unknown`. */
  taskType(value: TaskType): this {
    return this.#set({ task_type: value })
  }

  /** Default: `medium`. */
  complexityLevel(value: Complexity): this {
    return this.#set({ complexity: value })
  }

  /** Default: `unknown`. */
  harnessType(value: Harness): this {
    return this.#set({ harness: value })
  }

  /** Default: `unknown`. */
  model(value: string): this {
    return this.#set({ model: value })
  }

  /** Default: `unknown`. */
  provider(value: Provider): this {
    return this.#set({ provider: value })
  }

  /** Wall-clock time of the task in milliseconds. Default: 0. */
  durationMs(value: number): this {
    return this.#set({ task_duration_ms: value })
  }

  /** Default: `failure`, so that a forgotten outcome does not look like a success. */
  outcomeValue(value: Outcome): this {
    return this.#set({ outcome: value })
  }

  /** Default: 0. */
  retryCount(value: number): this {
    return this.#set({ retry_count: value })
  }

  /** Default: null. */
  language(value: string | null): this {
    return this.#set({ language: value })
  }

  /** Default: null. */
  repoSize(value: RepoSizeCategory | null): this {
    return this.#set({ repo_size_category: value })
  }

  /** Whole tokens; what is left out is 0. */
  tokens({ estimatedIn = 0, estimatedOut = 0, actualIn = 0, actualOut = 0 }: TokenCounts): this {
    return this.#set({
      estimated_input_tokens: estimatedIn,
      estimated_output_tokens: estimatedOut,
      actual_input_tokens: actualIn,
      actual_output_tokens: actualOut,
    })
  }

  /** Micro-dollars (1 USD = 1 000 000); what is left out is 0. */
  cost({ estimated = 0, actual = 0 }: Costs): this {
    return this.#set({ estimated_cost_usd_micros: estimated, actual_cost_usd_micros: actual })
  }

  quality({ passed, gatesRun = [], gatesFailed = [] }: QualityResult): this {
    return this.#set({
      quality_gate_passed: passed,
      quality_gates_run: gatesRun,
      quality_gates_failed: gatesFailed,
    })
  }

  /** What is left out is 0; `utilization` is the share of the context window in use at the end, 0 to 1. */
  context({ compactions = 0, rotations = 0, utilization = 0 }: ContextUse): this {
    return this.#set({
      context_compactions: compactions,
      context_rotations: rotations,
      context_utilization_final: utilization,
    })
  }

  /**
   * Makes one event: of the setters' fields and defaults, or of the fields given, which win over the setters and have
   * no defaults. Does not validate: `track()` does.
   */
  build(fields?: EventFields): TaskCompletionEvent {
    const source = fields === undefined ? { ...DEFAULTS, ...this.#given } : this.#merge(fields)
    const event = snapshotEvent(source as TaskCompletionEvent, eventDefaults)
    event.instance_id ??= this.#instanceId
    return event
  }

  /** A field that is undefined is not given. */
  #merge(fields: EventFields): Partial<TaskCompletionEvent> {
    if (this.#given === undefined) return fields as Partial<TaskCompletionEvent>
    const given = Object.entries(fields).filter(([, value]) => value !== undefined)
    return { ...this.#given, ...Object.fromEntries(given) }
  }

  #set(fields: Partial<TaskCompletionEvent>): this {
    this.#given = { ...this.#given, ...fields }
    return this
  }
}

export interface TokenCounts {
  readonly estimatedIn?: number
  readonly estimatedOut?: number
  readonly actualIn?: number
  readonly actualOut?: number
}

export interface Costs {
  readonly estimated?: number
  readonly actual?: number
}

export interface QualityResult {
  readonly passed: boolean
  readonly gatesRun?: readonly QualityGate[]
  readonly gatesFailed?: readonly QualityGate[]
}

export interface ContextUse {
  readonly compactions?: number
  readonly rotations?: number
  readonly utilization?: number
}
