/**
 * Our part of Claude Code's settings: a hook on four events, the status line, and, where it is wanted, the variables
 * that switch its OpenTelemetry on.
 *
 * Always true
 * - Applying twice is applying once.
 * - Removing what was applied gives the text as it was, byte for byte, or, where the person changed it in between, that
 *   text without anything of ours. A status line or a hook of somebody else stays.
 */
import { CliError } from '../cli-error.ts'
import { removeProperty, setProperty } from './json-text.ts'

type Json = Readonly<Record<string, unknown>>

export interface OurSettings {
  /** How to start this program: `mosaic-telemetry`, or a path where it is in none. */
  readonly program: string
  readonly showForecast: boolean
  readonly statusline: boolean
  /** Variables for `env`; none where OpenTelemetry is not wanted. */
  readonly env: Readonly<Record<string, string>>
}

/** `Stop` comes once a turn, `SessionEnd` also after an interruption; the first two know the model and the prompt. */
export const HOOKED_EVENTS = ['SessionStart', 'UserPromptSubmit', 'Stop', 'SessionEnd'] as const

/** Seconds after which Claude Code gives up on a hook; ours takes a tenth of one. */
const HOOK_TIMEOUT_S = 5

/** @throws CliError for a text that is no JSON object. */
export function applySettings(text: string, ours: OurSettings): string {
  let result = removeHooks(text)
  for (const event of HOOKED_EVENTS) {
    const known = hookGroups(parse(result), event)
    result = setProperty(result, ['hooks', event], [...known, ourGroup(event, ours)])
  }
  const { statusLine } = parse(result)
  if (ours.statusline && (statusLine === undefined || isOurs(statusLine))) {
    result = setProperty(result, ['statusLine'], { type: 'command', command: `${ours.program} statusline` })
  }
  for (const [name, value] of Object.entries(ours.env)) result = setProperty(result, ['env', name], value)
  return isSame(result, text) ? text : result
}

export function removeSettings(text: string, envNames: readonly string[]): string {
  let result = removeHooks(text)
  if (isOurs(parse(result)['statusLine'])) result = removeProperty(result, ['statusLine'])
  const env = parse(result)['env']
  const isSet = envNames.some((name) => name in objectOr(env))
  for (const name of envNames) if (isSet) result = removeProperty(result, ['env', name])
  if (isSet && isEmpty(parse(result)['env'])) result = removeProperty(result, ['env'])
  return result
}

/** Whether somebody else's status line is there, which stays. */
export function hasOtherStatusLine(text: string): boolean {
  const { statusLine } = parse(text)
  return statusLine !== undefined && !isOurs(statusLine)
}

function removeHooks(text: string): string {
  let result = text
  for (const event of Object.keys(objectOr(parse(text)['hooks']))) {
    const known = hookGroups(parse(result), event)
    const kept = known.flatMap(withoutOurs)
    if (isEqual(known, kept)) continue
    result =
      kept.length > 0 ? setProperty(result, ['hooks', event], kept) : removeProperty(result, ['hooks', event])
  }
  const isEmptied = result !== text && isEmpty(parse(result)['hooks'])
  return isEmptied ? removeProperty(result, ['hooks']) : result
}

function ourGroup(event: string, { program, showForecast }: OurSettings): Json {
  const flag = showForecast && event === 'UserPromptSubmit' ? ' --show-forecast' : ''
  return {
    hooks: [{ type: 'command', command: `${program} hook claude-code${flag}`, timeout: HOOK_TIMEOUT_S }],
  }
}

function hookGroups(settings: Json, event: string): readonly unknown[] {
  const groups = objectOr(settings['hooks'])[event]
  return Array.isArray(groups) ? groups : []
}

/** The group without our hooks; gone where it held nothing else. */
function withoutOurs(group: unknown): readonly unknown[] {
  const { hooks } = objectOr(group)
  if (!Array.isArray(hooks) || !hooks.some(isOurs)) return [group]
  const others = hooks.filter((hook) => !isOurs(hook))
  return others.length === 0 ? [] : [{ ...objectOr(group), hooks: others }]
}

/** A command of this program, however it is started. */
function isOurs(value: unknown): boolean {
  const { command } = objectOr(value)
  return (
    typeof command === 'string' &&
    /mosaic-telemetry|[\\/]cli[\\/]dist[\\/]main\.js/.test(command) &&
    / (?:hook claude-code(?: --show-forecast)?|statusline)$/.test(command)
  )
}

function parse(text: string): Json {
  try {
    const value: unknown = JSON.parse(text.replace(/^\u{feff}/u, ''))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  } catch {
    // Said below.
  }
  throw new CliError('the settings file is no JSON object, so nothing was changed', {
    hint: 'Correct it first; Claude Code cannot read it either.',
  })
}

function objectOr(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function isSame(a: string, b: string): boolean {
  return isEqual(parse(a), parse(b))
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
