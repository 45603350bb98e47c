import { idIn, isRecord, recordIn, textIn, timeIn } from '../json-fields.ts'
import type { JsonRecord } from '../importer.ts'

/** What a user's line is, by what it holds. */
export type UserLine =
  | { readonly kind: 'tool_result' }
  /** Somebody typed this: a task starts. */
  | { readonly kind: 'prompt' }
  /** `/init` and the like: a task starts if the model answers. */
  | { readonly kind: 'command' }
  /** A background task reports: the work of the task before goes on. */
  | { readonly kind: 'notification' }
  | { readonly kind: 'interruption' }
  /** Written by the program for the model, or the output of a local command. */
  | { readonly kind: 'program' }

/** Local commands never reach a model, even where an answer to something else follows them. */
const LOCAL_COMMAND =
  /<command-name>\/(?:clear|compact|model|exit|quit|config|cost|context|status|login|logout)<\/command-name>/

const PROGRAM_TEXTS = [
  'Caveat:',
  '<local-command-stdout>',
  '<local-command-stderr>',
  '<local-command-caveat>',
  '<bash-input>',
  '<bash-stdout>',
  '<bash-stderr>',
  '<system-reminder>',
]

export function readUserLine(line: JsonRecord): UserLine {
  const content = recordIn(line, 'message')['content']
  if (Array.isArray(content) && content.some((item) => isRecord(item) && item['type'] === 'tool_result')) {
    return { kind: 'tool_result' }
  }
  const text = firstText(content)
  if (text.startsWith('[Request interrupted')) return { kind: 'interruption' }
  if (isNotification(line) || text.startsWith('<task-notification>')) return { kind: 'notification' }
  if (line['isMeta'] === true || line['isCompactSummary'] === true) return { kind: 'program' }
  if (PROGRAM_TEXTS.some((beginning) => text.startsWith(beginning))) return { kind: 'program' }
  if (/^\s*<command-(?:name|message)>/.test(text)) {
    return { kind: LOCAL_COMMAND.test(text) ? 'program' : 'command' }
  }
  return { kind: text === '' && !hasImage(content) ? 'program' : 'prompt' }
}

function isNotification(line: JsonRecord): boolean {
  return (
    line['turnOrigin'] === 'task_notification' || recordIn(line, 'origin')['kind'] === 'task-notification'
  )
}

function firstText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  const item = content.find((part) => isRecord(part) && typeof part['text'] === 'string')
  return isRecord(item) ? String(item['text']) : ''
}

function hasImage(content: unknown): boolean {
  return Array.isArray(content) && content.some((part) => isRecord(part) && part['type'] === 'image')
}

/** What stands on every line that belongs to the conversation. */
export interface LineHead {
  readonly session: string | undefined
  readonly atMs: number | undefined
  readonly project: string | undefined
  readonly branch: string | undefined
  readonly version: string | undefined
}

export function readLineHead(line: JsonRecord): LineHead {
  return {
    session: idIn(line, 'sessionId'),
    atMs: timeIn(line, 'timestamp'),
    project: textIn(line, 'cwd'),
    branch: textIn(line, 'gitBranch'),
    version: idIn(line, 'version'),
  }
}
