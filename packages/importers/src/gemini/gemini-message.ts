import { gatesOf } from '../gates.ts'
import type { JsonRecord, ReadContext } from '../importer.ts'
import { countIn, idIn, isRecord, recordIn, recordsIn, textIn, timeIn } from '../json-fields.ts'
import { areaOf, languageOf } from '../languages.ts'
import type { LogFact, ModelRequest, TaskRef, ToolPurpose } from '../log-facts.ts'
import type { TokenCounts } from '../tokens.ts'

/** What a message of Gemini CLI is, by its type and what it holds. */
export type MessageKind = 'prompt' | 'tool_result' | 'answer' | 'error' | 'cancelled' | 'other'

/** Written into the chat by the program before the first prompt. */
const SESSION_CONTEXT = '<session_context>'

export function kindOf(message: JsonRecord, report: ReadContext['report']): MessageKind {
  switch (message['type']) {
    case 'user': {
      const text = textOf(message['content'])
      if (text === undefined) return 'tool_result'
      return text.startsWith(SESSION_CONTEXT) ? 'other' : 'prompt'
    }
    case 'gemini':
      return 'answer'
    case 'error':
      return 'error'
    case 'info':
      return /cancel/i.test(textOf(message['content']) ?? '') ? 'cancelled' : 'other'
    case 'warning':
    case 'model':
      return 'other'
    default:
      report('unknown_type')
      return 'other'
  }
}

/** The first text of a content, which is a text or a list of parts; undefined where it has only tool results. */
function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return undefined
  const part: unknown = content.find((each) => isRecord(each) && typeof each['text'] === 'string')
  return isRecord(part) ? textIn(part, 'text') : undefined
}

/**
 * The request behind an answer; undefined where it has no counts. `input` holds the cached tokens, and thoughts are
 * billed as output.
 */
export function readRequest(
  message: JsonRecord,
  place: {
    readonly session: string
    readonly atMs: number
    readonly role: ModelRequest['role']
    readonly report: ReadContext['report']
  },
): ModelRequest | undefined {
  const id = idIn(message, 'id')
  if (id === undefined || !isRecord(message['tokens'])) return undefined
  return {
    key: { requestId: undefined, responseId: `${place.session}/${id}` },
    atMs: place.atMs,
    model: idIn(message, 'model') ?? 'unknown',
    provider: 'google',
    tokens: readTokens(message['tokens'], place.report),
    role: place.role,
  }
}

function readTokens(tokens: JsonRecord, report: ReadContext['report']): TokenCounts {
  const cacheRead = countIn(tokens, 'cached', report)
  const reasoning = countIn(tokens, 'thoughts', report)
  return {
    freshInput: Math.max(0, countIn(tokens, 'input', report) - cacheRead) + countIn(tokens, 'tool', report),
    cacheRead,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: countIn(tokens, 'output', report) + reasoning,
    reasoning,
  }
}

const PURPOSES: ReadonlyMap<string | undefined, ToolPurpose> = new Map([
  ...['read_file', 'read_many_files', 'list_directory', 'glob', 'search_file_content', 'grep_search'].map(
    (tool) => [tool, 'read'] as const,
  ),
  ['web_fetch', 'read'],
  ['google_web_search', 'read'],
  ['write_file', 'edit'],
  ['replace', 'edit'],
  ['edit', 'edit'],
  ['run_shell_command', 'command'],
])

/** What the tool calls of an answer say, those aside that were told before. */
export function* toolFacts(
  message: JsonRecord,
  task: TaskRef,
  atMs: number,
  isNew: (callId: string) => boolean,
): Generator<LogFact> {
  for (const call of recordsIn(message, 'toolCalls')) {
    const status = call['status']
    if (status !== 'success' && status !== 'error' && status !== 'cancelled') continue
    if (!isNew(idIn(call, 'id') ?? '')) continue
    const purpose = PURPOSES.get(textIn(call, 'name')) ?? 'other'
    const args = recordIn(call, 'args')
    const failed = status !== 'success' || exitCodeOf(call) !== 0
    const endedMs = timeIn(call, 'timestamp') ?? atMs
    yield { kind: 'tool', task, purpose, failed }
    if (status === 'cancelled') continue
    const gates = purpose === 'command' ? gatesOf(textIn(args, 'command') ?? '') : []
    for (const gate of gates) yield { kind: 'gate', task, atMs: endedMs, gate, failed }
    const path = textIn(args, 'file_path')
    if (purpose === 'edit' && path !== undefined && !failed) {
      yield { kind: 'edit', task, language: languageOf(path), area: areaOf(path), ...changedLines(args) }
    }
  }
}

/** The shell tool succeeds also where its command does not, and says so in its output. */
function exitCodeOf(call: JsonRecord): number {
  for (const result of recordsIn(call, 'result')) {
    const output = textIn(recordIn(recordIn(result, 'functionResponse'), 'response'), 'output')
    const exitCode = /(?:^|\n|\\n)Exit Code: (\d+)/.exec(output ?? '')?.[1]
    if (exitCode !== undefined) return Number(exitCode)
  }
  return 0
}

function changedLines(args: JsonRecord): { linesAdded: number; linesRemoved: number } {
  return {
    linesAdded: lineCount(textIn(args, 'content') ?? textIn(args, 'new_string')),
    linesRemoved: lineCount(textIn(args, 'old_string')),
  }
}

function lineCount(text: string | undefined): number {
  return text === undefined ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}
