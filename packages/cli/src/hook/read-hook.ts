import { readFileSync } from 'node:fs'
import { isatty } from 'node:tty'

/** The little that is taken of what Claude Code tells a hook. The prompt itself is not looked at. */
export interface HookInput {
  readonly event: string
  readonly session: string
  readonly prompt: string | undefined
  readonly transcript: string | undefined
  readonly model: string | undefined
}

/** Reads all of stdin; undefined where it holds nothing that a hook is told. */
export function readHookInput(): HookInput | undefined {
  const told = readStdinObject()
  if (told === undefined) return undefined
  const event = text(told['hook_event_name'])
  const session = text(told['session_id'])
  if (event === undefined || session === undefined) return undefined
  return {
    event,
    session,
    prompt: text(told['prompt_id']),
    transcript: text(told['transcript_path'], MAX_PATH_LENGTH),
    model: text(told['model']),
  }
}

/** A JSON object from stdin; undefined where there is none. */
export function readStdinObject(): Readonly<Record<string, unknown>> | undefined {
  try {
    if (isatty(0)) return undefined
    const value: unknown = JSON.parse(readFileSync(0, 'utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const MAX_ID_LENGTH = 128
const MAX_PATH_LENGTH = 4096

function text(value: unknown, maxLength = MAX_ID_LENGTH): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= maxLength ? value : undefined
}
