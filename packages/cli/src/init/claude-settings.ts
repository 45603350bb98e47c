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
  readonly env: OtelVariables | Readonly<Record<string, never>>
}

/** What `env` is given for OpenTelemetry. */
export const OTEL_NAMES = [
  'CLAUDE_CODE_ENABLE_TELEMETRY',
  'OTEL_LOGS_EXPORTER',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
] as const
export type OtelVariables = Readonly<Record<(typeof OTEL_NAMES)[number], string>>

/** `Stop` comes once a turn, `SessionEnd` also after an interruption; the first two know the model and the prompt. */
export const HOOKED_EVENTS = ['SessionStart', 'UserPromptSubmit', 'Stop', 'SessionEnd'] as const

/** Seconds after which Claude Code gives up on a hook; ours takes a tenth of one. */
const HOOK_TIMEOUT_S = 5

/** @throws CliError for a text that is no JSON object. */
export function applySettings(text: string, ours: OurSettings): string {
  let result = changeHooks(text, (event) => (isHooked(event) ? ourGroup(event, ours) : undefined))
  const line = { type: 'command', command: `${ours.program} statusline` }
  const { statusLine } = parse(result)
  const isFree = statusLine === undefined || (isOurs(statusLine) && !isEqual(statusLine, line))
  if (ours.statusline && isFree) result = setProperty(result, ['statusLine'], line)
  const known = objectOr(parse(result)['env'])
  for (const [name, value] of Object.entries(ours.env)) {
    if (known[name] !== value) result = setProperty(result, ['env', name], value)
  }
  return result
}

function isHooked(event: string): boolean {
  return HOOKED_EVENTS.some((each) => each === event)
}

export function removeSettings(text: string): string {
  let result = changeHooks(text, () => undefined)
  if (isOurs(parse(result)['statusLine'])) result = removeProperty(result, ['statusLine'])
  const env = objectOr(parse(result)['env'])
  if (!isOurExport(env)) return result
  for (const name of OTEL_NAMES) result = removeProperty(result, ['env', name])
  return isEmpty(parse(result)['env']) ? removeProperty(result, ['env']) : result
}

/** Where OpenTelemetry is sent already, by somebody else's doing; undefined where nowhere. */
export function otherExport(text: string): string | undefined {
  const env = objectOr(parse(text)['env'])
  const endpoint = env['OTEL_EXPORTER_OTLP_ENDPOINT']
  return typeof endpoint === 'string' && !isOurExport(env) ? endpoint : undefined
}

/** With a key that only a server of ours gives out. */
function isOurExport(env: Json): boolean {
  const headers = env['OTEL_EXPORTER_OTLP_HEADERS']
  return typeof headers === 'string' && /^Authorization=Bearer (?:msk_|[0-9a-f]{64}$)/.test(headers)
}

/** Whether two settings say the same to Claude Code: it makes no difference between empty and missing. */
export function saysTheSame(a: string, b: string): boolean {
  return isEqual(withoutEmpty(parse(a)), withoutEmpty(parse(b)))
}

function withoutEmpty(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const kept = Object.entries(value)
    .map(([name, inner]) => [name, withoutEmpty(inner)] as const)
    .filter(([, inner]) => !isEmpty(inner))
  return Object.fromEntries(kept)
}

/** Whether somebody else's status line is there, which stays. */
export function hasOtherStatusLine(text: string): boolean {
  const { statusLine } = parse(text)
  return statusLine !== undefined && !isOurs(statusLine)
}

/** Puts the wanted group, or none of ours, on every event. What is right already stays where it is. */
function changeHooks(text: string, wanted: (event: string) => Json | undefined): string {
  let result = text
  const events = new Set([...Object.keys(objectOr(parse(text)['hooks'])), ...HOOKED_EVENTS])
  for (const event of events) {
    const known = hookGroups(parse(result), event)
    const others = known.flatMap(withoutOurs)
    const group = wanted(event)
    const ours = known.filter((each) => !others.includes(each))
    if (isEqual(ours, group === undefined ? [] : [group])) continue
    const groups = group === undefined ? others : [...others, group]
    result =
      groups.length > 0
        ? setProperty(result, ['hooks', event], groups)
        : removeProperty(result, ['hooks', event])
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

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
