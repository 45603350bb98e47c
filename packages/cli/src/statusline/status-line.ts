import { percent, usd } from '../output/format.ts'
import type { SessionNote } from './session-note.ts'
import type { SpendCache } from './spend-cache.ts'

/** What Claude Code tells its status line, as far as it is shown. */
export interface StatusInput {
  readonly session: string
  readonly prompt: string | undefined
  /** Of the session so far, by the agent's own count. */
  readonly sessionUsd: number | undefined
  /** Share of the context window, 0 to 1. */
  readonly contextUse: number | undefined
}

export function readStatusInput(told: Readonly<Record<string, unknown>>): StatusInput {
  const used = numberIn(told['context_window'], 'used_percentage')
  return {
    session: typeof told['session_id'] === 'string' ? told['session_id'] : '',
    prompt: typeof told['prompt_id'] === 'string' ? told['prompt_id'] : undefined,
    sessionUsd: numberIn(told['cost'], 'total_cost_usd'),
    contextUse: used === undefined ? undefined : used / 100,
  }
}

function numberIn(value: unknown, name: string): number | undefined {
  const number = (value as Readonly<Record<string, unknown>> | null | undefined)?.[name]
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** The note after this call: a prompt begins with what the session had cost at the call before. */
export function nextNote(note: SessionNote, { prompt, sessionUsd }: StatusInput): SessionNote {
  const isNew = prompt !== undefined && prompt !== note.prompt_id
  return {
    prompt_id: prompt ?? note.prompt_id,
    before_usd: isNew || note.before_usd === null ? note.latest_usd : note.before_usd,
    latest_usd: sessionUsd ?? note.latest_usd,
    expected_usd: isNew ? null : note.expected_usd,
  }
}

/** `$4.20 today · $1.30 session · task $0.42 of $0.10 – $1.20 · 41 % context`, as much of it as is known. */
export function statusLine(
  input: StatusInput,
  note: SessionNote,
  cache: SpendCache | undefined,
  today: string,
): string {
  const { contextUse, sessionUsd } = input
  return [
    todayText(input, cache, today),
    ...(sessionUsd === undefined ? [] : [`${money(sessionUsd)} session`]),
    ...taskText(sessionUsd, note),
    ...(contextUse === undefined ? [] : [`${percent(contextUse)} context`]),
  ].join(' · ')
}

/** As of the last import, and what this session has cost since: no import can know that yet. */
function todayText(
  { session, sessionUsd = 0 }: StatusInput,
  cache: SpendCache | undefined,
  today: string,
): string {
  const known = cache?.day === today ? cache.today_usd : 0
  const sinceImport = Math.max(0, sessionUsd - (cache?.session_usd[session] ?? 0))
  const sign = cache?.day === today && cache.today_is_partial ? '≥ ' : ''
  return `${sign}${money(known + sinceImport)} today`
}

function taskText(
  sessionUsd: number | undefined,
  { before_usd: before, expected_usd: expected }: SessionNote,
) {
  if (expected === null || before === null || sessionUsd === undefined) return []
  const [p10, p90] = expected
  return [`task ${money(Math.max(0, sessionUsd - before))} of ${money(p10)} – ${money(p90)}`]
}

function money(dollars: number): string {
  return usd(dollars * 1_000_000)
}
