import type { QualityGate } from '@mosaicstack/telemetry-client/protocol'

import { gatesOf } from '../gates.ts'
import type { JsonRecord } from '../importer.ts'
import { idIn, isRecord, textIn } from '../json-fields.ts'
import { areaOf, languageOf } from '../languages.ts'
import type { FileArea, LogFact, TaskRef, ToolPurpose } from '../log-facts.ts'

/** A call whose output has not come; what is left of its arguments once they are classified. */
export interface OpenCodexCall {
  readonly id: string
  readonly purpose: ToolPurpose
  readonly gates: readonly QualityGate[]
  readonly edits: readonly PatchedFile[]
}

export interface PatchedFile {
  readonly language?: string | undefined
  readonly area: FileArea
  readonly linesAdded: number
  readonly linesRemoved: number
}

const COMMAND_TOOLS: ReadonlySet<string> = new Set([
  'exec_command',
  'shell',
  'local_shell',
  'shell_command',
  'container.exec',
])

/** A `function_call` or `custom_tool_call`. */
export function readCodexCall(payload: JsonRecord): OpenCodexCall | undefined {
  const id = idIn(payload, 'call_id')
  if (id === undefined) return undefined
  const name = textIn(payload, 'name') ?? ''
  const input = textIn(payload, 'input') ?? textIn(payload, 'arguments') ?? ''
  const command = commandIn(input)
  const edits = patchedFiles(command === '' ? unwrapPatch(input) : command)
  if (edits.length > 0) return { id, purpose: 'edit', gates: [], edits }
  if (COMMAND_TOOLS.has(name)) return { id, purpose: 'command', gates: gatesOf(command), edits: [] }
  return { id, purpose: name.startsWith('spawn_agent') ? 'subagent' : 'other', gates: [], edits: [] }
}

/** `{"cmd": "…"}`, `{"command": "…"}` or `{"command": ["bash", "-lc", "…"]}`. */
function commandIn(input: string): string {
  const fields = parseObject(input)
  const command = fields['cmd'] ?? fields['command']
  if (typeof command === 'string') return command
  return Array.isArray(command) ? String(command.at(-1) ?? '') : ''
}

/** The patch is the input itself, or a field of it. */
function unwrapPatch(input: string): string {
  const fields = parseObject(input)
  return textIn(fields, 'input') ?? textIn(fields, 'patch') ?? input
}

function parseObject(text: string): JsonRecord {
  if (!text.startsWith('{')) return {}
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

/** The files of an `apply_patch`, by their headers. */
export function patchedFiles(patch: string): readonly PatchedFile[] {
  if (!patch.includes('*** Begin Patch')) return []
  const files: { path: string; linesAdded: number; linesRemoved: number }[] = []
  for (const line of patch.split('\n')) {
    const path = /^\*\*\* (?:Add|Update|Delete) File: (.+)$/.exec(line)?.[1]
    const file = files.at(-1)
    if (path !== undefined) files.push({ path: path.trim(), linesAdded: 0, linesRemoved: 0 })
    else if (file !== undefined && line.startsWith('+')) file.linesAdded++
    else if (file !== undefined && line.startsWith('-')) file.linesRemoved++
  }
  return files.map(({ path, linesAdded, linesRemoved }) => ({
    language: languageOf(path),
    area: areaOf(path),
    linesAdded,
    linesRemoved,
  }))
}

/** What the output of a call says. */
export function factsOfOutput(
  task: TaskRef,
  atMs: number,
  call: OpenCodexCall | undefined,
  output: unknown,
): readonly LogFact[] {
  const failed = hasFailed(outputText(output))
  const facts: LogFact[] = [{ kind: 'tool', task, purpose: call?.purpose ?? 'other', failed }]
  for (const gate of call?.gates ?? []) facts.push({ kind: 'gate', task, atMs, gate, failed })
  if (!failed) for (const edit of call?.edits ?? []) facts.push({ kind: 'edit', task, ...toEdit(edit) })
  return facts
}

function toEdit({ language, area, linesAdded, linesRemoved }: PatchedFile) {
  return { language, area, linesAdded, linesRemoved }
}

/** A text, an object with one, or a list of such. */
function outputText(output: unknown): string {
  if (typeof output === 'string') return output
  if (Array.isArray(output)) return output.map(outputText).join('\n')
  if (!isRecord(output)) return ''
  return textIn(output, 'text') ?? textIn(output, 'output') ?? textIn(output, 'content') ?? ''
}

/** 0.169 writes a sentence, older versions JSON with `metadata`. */
function hasFailed(output: string): boolean {
  const code =
    /^(?:.*\n){0,6}?Process exited with code (\d+)/.exec(output)?.[1] ??
    /^Exit code: (\d+)/m.exec(output.slice(0, 400))?.[1] ??
    /"exit_code":\s*(\d+)/.exec(output.slice(-400))?.[1]
  return code !== undefined && code !== '0'
}
