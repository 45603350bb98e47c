/**
 * Reads a session of the Cline CLI: a list of messages, written again as a whole, with the counts of each answer.
 *
 * - A user's message with text is a prompt; tool results are user messages too.
 * - Who asked, where, and how it ended is in the file of the session beside it.
 */
import type { JsonRecord, ReadContext } from '../importer.ts'
import { countIn, idIn, isRecord, numberIn, recordIn, recordsIn, textIn } from '../json-fields.ts'
import { gatesOf } from '../gates.ts'
import { areaOf, languageOf } from '../languages.ts'
import { type LogFact, OVERHEAD, type TaskRef, type ToolPurpose } from '../log-facts.ts'
import { parseDocument } from '../parse-document.ts'
import { bucketsOf, modelOf } from './request-counts.ts'

export function readCliMessages(context: ReadContext, bytes: Buffer): void {
  const document = parseDocument(bytes, context.report)
  if (document === undefined) return
  const session = idIn(document, 'sessionId') ?? context.relativePath.split('/')[0] ?? ''
  const head = readHead(context, session)
  let task: TaskRef = { session, prompt: OVERHEAD }
  let last = { atMs: 0 }
  const calls = new Map<string, Call>()
  for (const message of recordsIn(document, 'messages')) {
    last = { atMs: numberIn(message, 'ts') ?? last.atMs }
    if (message['role'] === 'user' && hasText(message)) {
      task = { session, prompt: idIn(message, 'id') ?? String(last.atMs) }
      context.emit({ kind: 'task_start', task, ...last, ...head.place, isCopy: false })
    } else if (message['role'] === 'user') {
      for (const fact of resultFacts(message, task, last.atMs, calls)) context.emit(fact)
    } else if (message['role'] === 'assistant') {
      rememberCalls(message, calls)
      for (const fact of answerFacts(message, task, last.atMs, session, context.report)) context.emit(fact)
    }
    context.emit({ kind: 'seen', task, ...last })
  }
  if (head.ending !== undefined) context.emit({ kind: 'ending', task, ...last, ending: head.ending })
}

function readHead(context: ReadContext, session: string) {
  const head = parseBeside(context.readBeside(`${session}.json`))
  const metadata = recordIn(head, 'metadata')
  const status = textIn(head, 'status')
  return {
    place: {
      project: textIn(head, 'cwd'),
      branch: textIn(recordIn(metadata, 'git'), 'branch'),
      version: idIn(recordIn(metadata, 'sessionHistoryOrigin'), 'version'),
    },
    ending:
      status === 'failed' || status === 'error'
        ? ('failed' as const)
        : status === 'cancelled' || status === 'aborted'
          ? ('interrupted' as const)
          : undefined,
  }
}

function parseBeside(text: string | undefined): JsonRecord {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

function hasText(message: JsonRecord): boolean {
  return (
    typeof message['content'] === 'string' ||
    recordsIn(message, 'content').some((part) => part['type'] === 'text')
  )
}

function* answerFacts(
  message: JsonRecord,
  task: TaskRef,
  atMs: number,
  session: string,
  report: ReadContext['report'],
): Generator<LogFact> {
  const metrics = message['metrics']
  const info = modelOf(recordIn(message, 'modelInfo'))
  const id = idIn(message, 'id')
  if (isRecord(metrics) && info !== undefined && id !== undefined) {
    const counts = {
      input: countIn(metrics, 'inputTokens', report),
      output: countIn(metrics, 'outputTokens', report),
      cacheRead: countIn(metrics, 'cacheReadTokens', report),
      cacheWrite: countIn(metrics, 'cacheWriteTokens', report),
    }
    const costUsd = numberIn(metrics, 'cost')
    yield {
      kind: 'request',
      task,
      request: {
        key: { requestId: undefined, responseId: `${session}/${id}` },
        atMs,
        ...info,
        tokens: bucketsOf(info.provider, counts),
        role: 'main',
        statedCostUsd: costUsd !== undefined && costUsd > 0 ? costUsd : undefined,
      },
    }
  } else report('no_usage')
  yield { kind: 'ending', task, atMs, ending: 'answered' }
}

interface Call {
  readonly purpose: ToolPurpose
  readonly commands: readonly string[]
  readonly path: string | undefined
}

const PURPOSES: ReadonlyMap<string | undefined, ToolPurpose> = new Map([
  ['run_commands', 'command'],
  ['execute_command', 'command'],
  ['read_file', 'read'],
  ['read_files', 'read'],
  ['search_files', 'read'],
  ['list_files', 'read'],
  ['write_to_file', 'edit'],
  ['write_file', 'edit'],
  ['replace_in_file', 'edit'],
  ['edit_file', 'edit'],
  ['editor', 'edit'],
  ['spawn_agent', 'subagent'],
])

function rememberCalls(message: JsonRecord, calls: Map<string, Call>): void {
  for (const part of recordsIn(message, 'content')) {
    const id = idIn(part, 'id')
    if (part['type'] !== 'tool_use' || id === undefined) continue
    const input = recordIn(part, 'input')
    const commands = Array.isArray(input['commands']) ? input['commands'] : [input['command']]
    calls.set(id, {
      purpose: PURPOSES.get(textIn(part, 'name')) ?? 'other',
      commands: commands.filter((command): command is string => typeof command === 'string'),
      path: textIn(input, 'path') ?? textIn(input, 'file_path'),
    })
  }
}

function* resultFacts(
  message: JsonRecord,
  task: TaskRef,
  atMs: number,
  calls: ReadonlyMap<string, Call>,
): Generator<LogFact> {
  for (const part of recordsIn(message, 'content')) {
    if (part['type'] !== 'tool_result') continue
    const call = calls.get(idIn(part, 'tool_use_id') ?? '')
    const results = recordsIn(part, 'content')
    const failed = part['is_error'] === true || results.some((result) => result['success'] === false)
    yield { kind: 'tool', task, purpose: call?.purpose ?? 'other', failed }
    if (call?.purpose === 'command') yield* gateFacts(call, results, { task, atMs, failed })
    if (call?.purpose === 'edit' && call.path !== undefined && !failed) {
      const file = { language: languageOf(call.path), area: areaOf(call.path) }
      yield { kind: 'edit', task, ...file, linesAdded: 0, linesRemoved: 0 }
    }
  }
}

/** One call may run several commands, each with a result of its own. */
function* gateFacts(
  call: Call,
  results: readonly JsonRecord[],
  { task, atMs, failed }: { readonly task: TaskRef; readonly atMs: number; readonly failed: boolean },
): Generator<LogFact> {
  for (const [index, command] of call.commands.entries()) {
    const result = results[index]
    const hasFailed = result === undefined ? failed : result['success'] === false
    for (const gate of gatesOf(command)) yield { kind: 'gate', task, atMs, gate, failed: hasFailed }
  }
}
