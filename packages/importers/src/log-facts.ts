/**
 * What an agent's log says, in words that all agents share. A parser emits facts; everything after it (ledger, tasks,
 * prices, events) knows facts only.
 *
 * Always true
 * - A fact holds numbers, enumerations, ids and model names; never anything that a person or a model wrote. Project and
 *   branch are the two exceptions: they are kept in the local ledger and sent nowhere.
 * - The same set of facts gives the same ledger, in whatever order and however often it arrives: a request by its key,
 *   activity by the file it was read from.
 * - A fact says which task it belongs to in the agent's own ids. A name that is not a prompt (a tool call that started
 *   a subagent, a background notification) is connected to its task by an `also_called` fact, which may come earlier,
 *   later, or from another file.
 */
import type { QualityGate } from '@mosaicstack/telemetry-client/protocol'

import type { TokenCounts } from './tokens.ts'

export type LogFact =
  | TaskStartFact
  | AlsoCalledFact
  | RequestFact
  | EditFact
  | ToolFact
  | GateFact
  | CompactionFact
  | RetryFact
  | EndingFact
  | SeenFact
  | TurnDurationFact
  | SubagentEndFact
  | MissingFact
  | SessionTotalsFact
  | SessionResetFact

/** The task that a fact belongs to. */
export interface TaskRef {
  /** The agent's session or thread id. */
  readonly session: string
  /** The id of the prompt (or a name that stands for it); `OVERHEAD` for what belongs to the session alone. */
  readonly prompt: string
  /** The subagent that did it, by the agent's own id; undefined for the main thread. */
  readonly subagent?: string | undefined
}

/** The `prompt` of everything that belongs to a session but to none of its tasks, such as a typed `/compact`. */
export const OVERHEAD = ''

const SUBAGENT_PREFIX = 'agent:'

/**
 * The name of a subagent whose prompt is not known (yet): an `also_called` fact may connect it. One that nothing
 * connects belongs to the task that was under way when it first asked.
 */
export function subagentName(subagent: string): string {
  return `${SUBAGENT_PREFIX}${subagent}`
}

export function isSubagentName(prompt: string): boolean {
  return prompt.startsWith(SUBAGENT_PREFIX)
}

/** A human prompt: a task begins. What else a log says about a task may be read before this. */
export interface TaskStartFact {
  readonly kind: 'task_start'
  readonly task: TaskRef
  readonly atMs: number
  /** The working directory. Local only. */
  readonly project: string | undefined
  /** Local only. */
  readonly branch: string | undefined
  /** The agent's version. */
  readonly version: string | undefined
  /** The log says that this stretch was copied from another session. */
  readonly isCopy: boolean
}

/** `name` means the same task as `task`, within the session. */
export interface AlsoCalledFact {
  readonly kind: 'also_called'
  readonly task: TaskRef
  readonly name: string
}

/** One answered request to a model. */
export interface RequestFact {
  readonly kind: 'request'
  readonly task: TaskRef
  readonly request: ModelRequest
}

export interface ModelRequest {
  /** The same for every copy of the same response, in whatever file. */
  readonly key: RequestKey
  readonly atMs: number
  /** As the provider spells it. */
  readonly model: string
  /** Who served it, by its true name: `anthropic`, `bedrock`, `openai`, … */
  readonly provider: string
  readonly tokens: TokenCounts
  readonly role: RequestRole
  readonly durationMs?: number | undefined
  /** The size of the model's context window in tokens, where the log says it. */
  readonly contextWindow?: number | undefined
  /** Served in the provider's dearer fast mode. */
  readonly isFast?: boolean | undefined
  /** The log holds only a placeholder for `tokens.output`. */
  readonly isOutputPartial?: boolean | undefined
  /** Searches of the web that the provider made for this request and charges apart. */
  readonly webSearches?: number | undefined
  /** A copy inside another thread's log; the line of the thread that asked is preferred. */
  readonly isSidechainCopy?: boolean | undefined
  /** What the agent itself says it cost, in US dollars. */
  readonly statedCostUsd?: number | undefined
}

export interface RequestKey {
  /** The provider's id of the request; OpenTelemetry knows it too, so it joins the two. */
  readonly requestId: string | undefined
  /** The provider's id of the response, or whatever else tells this response from all others. */
  readonly responseId: string
}

/** `main` worked on the task itself; `auxiliary` is what the program asked for its own purposes, such as titles. */
export type RequestRole = 'main' | 'subagent' | 'compaction' | 'auxiliary'

/** A file was changed. The path is not kept: only what kind of file it was. */
export interface EditFact {
  readonly kind: 'edit'
  readonly task: TaskRef
  /** Undefined for a file that is in no language, such as an image. */
  readonly language: string | undefined
  readonly area: FileArea
  readonly linesAdded: number
  readonly linesRemoved: number
}

export type FileArea = 'source' | 'test' | 'docs' | 'config'

/** A tool has answered. */
export interface ToolFact {
  readonly kind: 'tool'
  readonly task: TaskRef
  readonly purpose: ToolPurpose
  readonly failed: boolean
}

export type ToolPurpose = 'read' | 'edit' | 'command' | 'subagent' | 'other'

/** A command that checks the work has ended. */
export interface GateFact {
  readonly kind: 'gate'
  readonly task: TaskRef
  readonly atMs: number
  readonly gate: QualityGate
  readonly failed: boolean
}

/** The context was summarised to make room. */
export interface CompactionFact {
  readonly kind: 'compaction'
  readonly task: TaskRef
}

/** A request failed and was tried again. */
export interface RetryFact {
  readonly kind: 'retry'
  readonly task: TaskRef
}

/** How the task stands at this moment; the latest one counts. */
export interface EndingFact {
  readonly kind: 'ending'
  readonly task: TaskRef
  readonly atMs: number
  readonly ending: Ending
}

/** `answered` only says that the agent had the last word, not that it was right. */
export type Ending = 'answered' | 'interrupted' | 'failed'

/** Work went on at this time: stretches the task. */
export interface SeenFact {
  readonly kind: 'seen'
  readonly task: TaskRef
  readonly atMs: number
}

/** What the agent measured for one turn of the task; better than the distance between first and last line. */
export interface TurnDurationFact {
  readonly kind: 'turn_duration'
  readonly task: TaskRef
  readonly durationMs: number
}

/** The true output of the last response of a subagent, from the log of the one who started it. */
export interface SubagentEndFact {
  readonly kind: 'subagent_end'
  readonly task: TaskRef
  readonly subagent: string
  readonly outputTokens: number
}

/** The log is known to lack something that was billed. */
export interface MissingFact {
  readonly kind: 'missing'
  readonly task: TaskRef
  readonly part: MissingPart
}

/** What can be missing from a task's numbers. */
export const MISSING_PARTS = [
  /** The request that summarised the context. */
  'compaction_request',
  /** What the program asked for its own purposes: recaps, classifications, … */
  'auxiliary_requests',
  /** The final output count of a subagent's responses: the log has placeholders. */
  'subagent_output',
  /** The request that gave the session its title. */
  'title_request',
  /** The price of a model; its tokens are counted. */
  'unpriced_model',
  /** The log has rounded numbers only. */
  'exact_counts',
] as const

export type MissingPart = (typeof MISSING_PARTS)[number]

/** What the agent itself has counted for a session so far, requests included that its log does not show. */
export interface SessionTotalsFact {
  readonly kind: 'session_totals'
  readonly session: string
  /** When it was counted. */
  readonly atMs: number
  /** Requests from this time on are not in it; undefined while nothing came after it. */
  readonly untilMs: number | undefined
  readonly models: readonly ModelTotals[]
}

export interface ModelTotals {
  readonly model: string
  readonly tokens: TokenCounts
  readonly costUsd: number | undefined
}

/** Forget the activity read from this file for the session: all of it follows again. For logs that are rewritten. */
export interface SessionResetFact {
  readonly kind: 'session_reset'
  readonly session: string
}
