/**
 * Tells the sessions of one tree as facts.
 *
 * - A task is a user message that a person wrote, and every answer whose parent it is.
 * - OpenCode writes user messages itself: one that asks for a compaction, and after an automatic compaction one that lets
 *   the model go on. Both continue the task before; a compaction by hand belongs to the session alone.
 * - What a subagent does in its own session belongs to the task whose call started it; where no call names the session,
 *   to the task that was under way then.
 * - A message that is older than its session was copied by a fork. Its requests are known by their times and counts and
 *   belong to the original; its prompts start nothing.
 */
import type { ReadContext } from '../importer.ts'
import { type LogFact, OVERHEAD, type RequestRole, type TaskRef } from '../log-facts.ts'
import { type AssistantMessage, requestOf } from './messages.ts'
import type { Part } from './parts.ts'
import type { MessageWithParts, Session, SessionTree } from './session-tree.ts'

export function tellTree([root, ...children]: SessionTree, emit: ReadContext['emit']): void {
  emit({ kind: 'session_reset', session: root.id })
  const prompts = promptsOf(root)
  const promptOfChild = new Map<string, string>()
  const tell = (session: Session, refOf: (message: MessageWithParts) => TaskRef, role: RequestRole) => {
    for (const message of session.messages) {
      const task = refOf(message)
      for (const id of childrenIn(message.parts)) promptOfChild.set(id, task.prompt)
      for (const fact of factsOf(session, message, task, role)) emit(fact)
    }
  }

  for (const fact of startsOf(root, prompts)) emit(fact)
  tell(root, (message) => ({ session: root.id, prompt: promptOf(message, prompts) }), 'main')
  for (const child of children) {
    const prompt = promptOfChild.get(child.id) ?? promptAt(child.createdMs, root, prompts)
    promptOfChild.set(child.id, prompt)
    tell(child, () => ({ session: root.id, prompt, subagent: child.id }), 'subagent')
  }
  for (const fact of editsOf([root, ...children], prompts, promptOfChild)) emit(fact)
}

/** The prompt that each user message of a person's session stands for. */
type Prompts = ReadonlyMap<string, string>

function promptsOf(root: Session): Prompts {
  const prompts = new Map<string, string>()
  let current = OVERHEAD
  for (const message of root.messages) {
    if (message.kind !== 'user') continue
    const compaction = message.parts.find((part) => part.kind === 'compaction')
    if (compaction !== undefined) prompts.set(message.id, compaction.isAuto ? current : OVERHEAD)
    else if (isSynthetic(message.parts)) prompts.set(message.id, current)
    else {
      // A copied prompt gets its requests to their original, and starts no task here.
      current = message.id
      prompts.set(message.id, current)
    }
  }
  return prompts
}

function isSynthetic(parts: readonly Part[]): boolean {
  const texts = parts.filter((part) => part.kind === 'text')
  return texts.length > 0 && texts.every((part) => part.isSynthetic)
}

function promptOf(message: MessageWithParts, prompts: Prompts): string {
  const userId = message.kind === 'user' ? message.id : message.parentId
  return (userId === undefined ? undefined : prompts.get(userId)) ?? OVERHEAD
}

/** The prompt that was worked on at a time. */
function promptAt(atMs: number, root: Session, prompts: Prompts): string {
  const before = root.messages.filter((message) => message.kind === 'user' && message.createdMs <= atMs)
  const latest = before.at(-1)
  return latest === undefined ? OVERHEAD : (prompts.get(latest.id) ?? OVERHEAD)
}

function* startsOf(root: Session, prompts: Prompts): Generator<LogFact> {
  let isFirst = true
  for (const message of root.messages) {
    if (message.kind !== 'user' || prompts.get(message.id) !== message.id) continue
    if (isCopied(root, message)) continue
    const task = { session: root.id, prompt: message.id }
    yield {
      kind: 'task_start',
      task,
      atMs: message.createdMs,
      project: root.directory,
      branch: undefined,
      version: root.version,
      isCopy: false,
    }
    // The request that names the session is in no table, and is made for its first prompt only.
    if (isFirst) yield { kind: 'missing', task, part: 'title_request' }
    isFirst = false
  }
}

function isCopied(session: Session, message: MessageWithParts): boolean {
  return message.createdMs < session.createdMs
}

function* factsOf(
  session: Session,
  message: MessageWithParts,
  task: TaskRef,
  role: RequestRole,
): Generator<LogFact> {
  const isCopy = isCopied(session, message)
  if (message.kind === 'assistant') yield* requestsOf(message, task, { role, isCopy })
  if (isCopy) return
  for (const part of message.parts) yield* activityOf(part, task, message.createdMs)
  if (message.kind === 'user' || !message.isFinished) return
  yield { kind: 'seen', task, atMs: message.endedMs }
  if (role === 'main' && !message.isSummary) {
    const ending =
      message.failure === undefined ? 'answered' : message.failure === 'aborted' ? 'interrupted' : 'failed'
    yield { kind: 'ending', task, atMs: message.endedMs, ending }
  }
}

/** A message of older versions may hold several steps, each with a request of its own. */
function* requestsOf(
  message: AssistantMessage & { readonly parts: readonly Part[] },
  task: TaskRef,
  place: { readonly role: RequestRole; readonly isCopy: boolean },
): Generator<LogFact> {
  if (!message.isFinished) return
  const steps = message.parts.flatMap((part) => (part.kind === 'step' ? [part.usage] : []))
  for (const [step, usage] of (steps.length > 1 ? steps : [message.usage]).entries()) {
    const request = requestOf(message, usage, { ...place, step })
    if (request !== undefined) yield { kind: 'request', task, request }
  }
}

function* activityOf(part: Part, task: TaskRef, messageMs: number): Generator<LogFact> {
  if (part.kind === 'compaction') yield { kind: 'compaction', task }
  if (part.kind === 'retry') yield { kind: 'retry', task }
  if (part.kind !== 'tool') return
  const { purpose, failed } = part
  yield { kind: 'tool', task, purpose, failed }
  for (const gate of part.gates) yield { kind: 'gate', task, atMs: part.endedMs ?? messageMs, gate, failed }
}

function childrenIn(parts: readonly Part[]): readonly string[] {
  return parts.flatMap((part) =>
    part.kind === 'tool' && part.childSession !== undefined ? part.childSession : [],
  )
}

/**
 * What a task changed in files. OpenCode compares the files before and after a prompt, subagents' changes included, and
 * counts the lines; only where it did not, the calls of editing tools stand in, without lines.
 */
function* editsOf(
  sessions: SessionTree,
  prompts: Prompts,
  promptOfChild: ReadonlyMap<string, string>,
): Generator<LogFact> {
  const [root] = sessions
  const compared = new Set<string>()
  for (const message of root.messages) {
    if (message.kind !== 'user' || isCopied(root, message)) continue
    const task = { session: root.id, prompt: promptOf(message, prompts) }
    for (const change of message.changes) {
      compared.add(task.prompt)
      yield { kind: 'edit', task, ...change }
    }
  }
  for (const session of sessions) {
    for (const message of session.messages) {
      if (isCopied(session, message)) continue
      const prompt =
        session === root ? promptOf(message, prompts) : (promptOfChild.get(session.id) ?? OVERHEAD)
      if (compared.has(prompt)) continue
      for (const part of message.parts) {
        if (part.kind !== 'tool' || part.edit === undefined) continue
        yield {
          kind: 'edit',
          task: { session: root.id, prompt },
          ...part.edit,
          linesAdded: 0,
          linesRemoved: 0,
        }
      }
    }
  }
}
