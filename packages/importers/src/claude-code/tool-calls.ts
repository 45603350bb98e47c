import type { QualityGate } from '@mosaicstack/telemetry-client/protocol'

import { gatesOf } from '../gates.ts'
import type { JsonRecord } from '../importer.ts'
import { countIn, idIn, recordIn, recordsIn, textIn } from '../json-fields.ts'
import { areaOf, languageOf } from '../languages.ts'
import { type FileArea, type LogFact, subagentName, type TaskRef, type ToolPurpose } from '../log-facts.ts'

/** A tool call that has no result yet: what is left of its input once paths and commands are classified. */
export interface OpenCall {
  readonly id: string
  readonly purpose: ToolPurpose
  readonly gates: readonly QualityGate[]
  readonly language?: string | undefined
  readonly area?: FileArea | undefined
}

const PURPOSES: Readonly<Record<string, ToolPurpose>> = {
  Read: 'read',
  Glob: 'read',
  Grep: 'read',
  LS: 'read',
  NotebookRead: 'read',
  WebFetch: 'read',
  WebSearch: 'read',
  Edit: 'edit',
  Write: 'edit',
  MultiEdit: 'edit',
  NotebookEdit: 'edit',
  Bash: 'command',
  Task: 'subagent',
  Agent: 'subagent',
}

/** The tool calls in an assistant's line. */
export function readCalls(line: JsonRecord): readonly OpenCall[] {
  const calls: OpenCall[] = []
  for (const item of recordsIn(recordIn(line, 'message'), 'content')) {
    const id = idIn(item, 'id')
    if (item['type'] !== 'tool_use' || id === undefined) continue
    calls.push({ id, ...classify(textIn(item, 'name') ?? '', recordIn(item, 'input')) })
  }
  return calls
}

function classify(name: string, input: JsonRecord): Omit<OpenCall, 'id'> {
  const purpose = Object.hasOwn(PURPOSES, name) ? (PURPOSES[name] ?? 'other') : 'other'
  if (purpose === 'command') return { purpose, gates: gatesOf(textIn(input, 'command') ?? '') }
  const path = textIn(input, 'file_path') ?? textIn(input, 'notebook_path')
  if (purpose !== 'edit' || path === undefined) return { purpose, gates: [] }
  return { purpose, gates: [], language: languageOf(path), area: areaOf(path) }
}

/** The tool was not run at all, so that its result says nothing about the work. */
const NOT_RUN =
  /^(?:The user doesn't want|\[Request interrupted|Claude requested permissions|Permission |<tool_use_error>|InputValidationError)/

export function wasRun(result: JsonRecord): boolean {
  const content = result['content']
  return result['is_error'] !== true || typeof content !== 'string' || !NOT_RUN.test(content)
}

/** What a tool's result says. `call` is undefined where the call was not seen. */
export function factsOfResult(
  result: {
    readonly task: TaskRef
    readonly atMs: number
    readonly failed: boolean
    readonly wasRun: boolean
  },
  call: OpenCall | undefined,
  details: JsonRecord,
): readonly LogFact[] {
  const { task, atMs, failed } = result
  const facts: LogFact[] = [{ kind: 'tool', task, purpose: call?.purpose ?? 'other', failed }]
  if (!result.wasRun) return facts
  for (const gate of call?.gates ?? []) facts.push({ kind: 'gate', task, atMs, gate, failed })
  if (call?.area !== undefined && !failed) {
    facts.push({ kind: 'edit', task, language: call.language, area: call.area, ...changedLines(details) })
  }
  return facts
}

function changedLines(details: JsonRecord): { linesAdded: number; linesRemoved: number } {
  let linesAdded = 0
  let linesRemoved = 0
  for (const hunk of recordsIn(details, 'structuredPatch')) {
    for (const text of Array.isArray(hunk['lines']) ? hunk['lines'] : []) {
      if (typeof text !== 'string') continue
      if (text.startsWith('+')) linesAdded++
      else if (text.startsWith('-')) linesRemoved++
    }
  }
  // A new file comes with its content instead of a patch.
  const content = details['type'] === 'create' ? textIn(details, 'content') : undefined
  if (content !== undefined) linesAdded += content.split('\n').length - (content.endsWith('\n') ? 1 : 0)
  return { linesAdded, linesRemoved }
}

/** What the parent's log says about a subagent that has ended: its last response, with the final output. */
export function subagentEnd(task: TaskRef, details: JsonRecord): readonly LogFact[] {
  const subagent = idIn(details, 'agentId')
  if (subagent === undefined) return []
  const facts: LogFact[] = [{ kind: 'also_called', task, name: subagentName(subagent) }]
  const outputTokens = countIn(recordIn(details, 'usage'), 'output_tokens', () => {})
  if (outputTokens > 0) facts.push({ kind: 'subagent_end', task, subagent, outputTokens })
  return facts
}
