import type { StoredOtlpRequest } from '@mosaicstack/telemetry-client/protocol'

import type { OtlpSessionWork } from '../storage/otlp-store.ts'

/**
 * Which requests of a session belong to which task.
 *
 * - A task is what was done for one prompt of a person: the requests of that `prompt.id`, subagents and compactions
 *   included.
 * - A background subagent that ends is reported to the model as a prompt of its own, at once. Such a prompt (its event
 *   follows the subagent's end within a few events and seconds) continues the task before it.
 * - A prompt with nothing but a compaction is a command of the harness, `/compact`, and no task. What the harness asks for
 *   itself belongs to no task either. Both stay in the sums of the session.
 * - A task is over when the next prompt of a person has been there for a while, or when the session has been quiet.
 * - What arrives for a prompt whose task is made comes too late for its event; it stays in the sums of the session.
 */
export interface SessionTask {
  /** The prompt that names the task. */
  readonly promptId: string
  /** With those that continue it. */
  readonly promptIds: readonly string[]
  /** In order of their ends; at least one is no compaction. */
  readonly requests: readonly StoredOtlpRequest[]
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly compactions: number
  /** Answers of the provider that were errors. */
  readonly apiErrors: number
  /** Whether the last thing heard of it was such an error. */
  readonly endsInError: boolean
}

export interface SessionTasks {
  /** Those that are over. */
  readonly finished: readonly SessionTask[]
  /** Requests that belong to no task, once it is certain. */
  readonly apart: readonly StoredOtlpRequest[]
  /** Requests that came after the event of their task. */
  readonly late: readonly StoredOtlpRequest[]
}

/** Bodies of a prompt may arrive after the next prompt's: senders try again for about this long. */
const LATE_BODY_MS = 60_000
/** How far behind a background subagent's end the prompt stands that reports it. */
const REPORT_WITHIN_EVENTS = 5
const REPORT_WITHIN_MS = 5_000

type Mark = OtlpSessionWork['marks'][number]

export function tasksOfSession(
  work: OtlpSessionWork,
  { isQuiet, nowMs }: { readonly isQuiet: boolean; readonly nowMs: number },
): SessionTasks {
  const prompts = work.marks.filter((mark) => mark.kind === 'prompt')
  const owners = ownersOf(prompts, work.marks)
  const ownerOf = (promptId: string) => owners.get(promptId) ?? promptId
  const settled = new Set(work.settledPromptIds)

  const apart: StoredOtlpRequest[] = []
  const late: StoredOtlpRequest[] = []
  const groups = new Map<string, StoredOtlpRequest[]>()
  for (const request of work.requests) {
    if (request.prompt_id === null || request.kind === 'auxiliary') {
      apart.push(request)
      continue
    }
    const owner = ownerOf(request.prompt_id)
    const group = groups.get(owner)
    if (settled.has(owner)) late.push(request)
    else if (group === undefined) groups.set(owner, [request])
    else group.push(request)
  }

  const finished: SessionTask[] = []
  for (const [promptId, requests] of groups) {
    const task = taskOf(promptId, requests, work.marks, ownerOf)
    if (!isQuiet && !hasSuccessor(task, prompts, owners, nowMs)) continue
    if (requests.some((request) => request.kind !== 'compact')) finished.push(task)
    else apart.push(...requests)
  }
  return { finished, apart: isQuiet ? apart : apart.filter(({ kind }) => kind === 'compact'), late }
}

/** The prompt that each prompt's requests belong to. */
function ownersOf(prompts: readonly Mark[], marks: readonly Mark[]): ReadonlyMap<string, string> {
  const ends = marks.filter((mark) => mark.kind === 'background_end')
  const owners = new Map<string, string>()
  let current: string | undefined
  for (const prompt of prompts) {
    if (prompt.promptId === null || owners.has(prompt.promptId)) continue
    if (current === undefined || !ends.some((end) => isReport(prompt, end))) current = prompt.promptId
    owners.set(prompt.promptId, current)
  }
  return owners
}

function isReport(prompt: Mark, end: Mark): boolean {
  const eventsLater = prompt.sequence - end.sequence
  const msLater = prompt.atMs - end.atMs
  return eventsLater > 0 && eventsLater <= REPORT_WITHIN_EVENTS && msLater >= 0 && msLater <= REPORT_WITHIN_MS
}

function taskOf(
  promptId: string,
  unordered: readonly StoredOtlpRequest[],
  marks: readonly Mark[],
  ownerOf: (promptId: string) => string,
): SessionTask {
  const requests = unordered.toSorted((a, b) => endMsOf(a) - endMsOf(b))
  const own = marks.filter((mark) => mark.promptId !== null && ownerOf(mark.promptId) === promptId)
  const errors = own.filter((mark) => mark.kind === 'api_error')
  const endedAtMs = Math.max(...requests.map(endMsOf))
  const prompt = own.find((mark) => mark.kind === 'prompt')
  const startedAtMs =
    prompt?.atMs ?? Math.min(...requests.map((each) => endMsOf(each) - (each.duration_ms ?? 0)))
  const promptIds = new Set([promptId, ...requests.flatMap((each) => each.prompt_id ?? [])])
  for (const mark of own) if (mark.promptId !== null) promptIds.add(mark.promptId)
  return {
    promptId,
    promptIds: [...promptIds],
    requests,
    startedAtMs: Math.min(startedAtMs, endedAtMs),
    endedAtMs,
    compactions: Math.max(
      own.filter((mark) => mark.kind === 'compaction').length,
      requests.filter((request) => request.kind === 'compact').length,
    ),
    apiErrors: errors.length,
    endsInError: errors.some((error) => error.atMs > endedAtMs),
  }
}

/** Whether a person has asked for something else since, and long enough ago. */
function hasSuccessor(
  task: SessionTask,
  prompts: readonly Mark[],
  owners: ReadonlyMap<string, string>,
  nowMs: number,
): boolean {
  return prompts.some(
    ({ promptId, atMs, receivedAtMs }) =>
      promptId !== null &&
      owners.get(promptId) !== task.promptId &&
      atMs > task.startedAtMs &&
      receivedAtMs + LATE_BODY_MS <= nowMs,
  )
}

function endMsOf(request: StoredOtlpRequest): number {
  return Date.parse(request.ended_at)
}
