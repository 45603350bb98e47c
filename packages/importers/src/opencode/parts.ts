import type { QualityGate } from '@mosaicstack/telemetry-client/protocol'

import { gatesOf } from '../gates.ts'
import type { JsonRecord, ReadContext } from '../importer.ts'
import { idIn, isRecord, numberIn, recordIn, textIn } from '../json-fields.ts'
import { areaOf, languageOf } from '../languages.ts'
import type { FileArea, ToolPurpose } from '../log-facts.ts'
import { readUsage, type Usage } from './messages.ts'

/** What is left of a part of a message once texts, paths and commands are dropped. */
export type Part =
  | {
      readonly kind: 'text'
      /** Written by the program, to let the model go on. */
      readonly isSynthetic: boolean
    }
  | ToolPart
  | { readonly kind: 'step'; readonly usage: Usage }
  | { readonly kind: 'compaction'; readonly isAuto: boolean }
  | { readonly kind: 'retry' }

export interface ToolPart {
  readonly kind: 'tool'
  readonly purpose: ToolPurpose
  readonly endedMs: number | undefined
  readonly failed: boolean
  readonly gates: readonly QualityGate[]
  readonly edit: { readonly language: string | undefined; readonly area: FileArea } | undefined
  /** The session of the subagent that the call started. */
  readonly childSession: string | undefined
}

const PURPOSES: ReadonlyMap<string, ToolPurpose> = new Map([
  ...['read', 'glob', 'grep', 'list', 'ls', 'webfetch', 'websearch', 'codesearch', 'lsp'].map(
    (tool) => [tool, 'read'] as const,
  ),
  ...['edit', 'write', 'multiedit', 'patch', 'apply_patch'].map((tool) => [tool, 'edit'] as const),
  ['bash', 'command'],
  ['task', 'subagent'],
])

/** @returns undefined for parts that say nothing about the work: files, snapshots, reasoning, … */
export function readPart(data: JsonRecord, report: ReadContext['report']): Part | undefined {
  switch (data['type']) {
    case 'text':
      return { kind: 'text', isSynthetic: data['synthetic'] === true }
    case 'tool':
      return readTool(data)
    case 'step-finish':
      return { kind: 'step', usage: readUsage(data, report) }
    case 'compaction':
      return { kind: 'compaction', isAuto: data['auto'] === true }
    case 'retry':
      return { kind: 'retry' }
    default:
      if (!KNOWN_TYPES.has(data['type'])) report('unknown_type')
      return undefined
  }
}

const KNOWN_TYPES: ReadonlySet<unknown> = new Set([
  'agent',
  'file',
  'patch',
  'reasoning',
  'snapshot',
  'step-start',
  'subtask',
])

/** A call that is still running says nothing yet. */
function readTool(data: JsonRecord): ToolPart | undefined {
  const state = recordIn(data, 'state')
  const status = state['status']
  if (status !== 'completed' && status !== 'error' && status !== 'success') return undefined
  const purpose = PURPOSES.get(textIn(data, 'tool') ?? '') ?? 'other'
  const input = recordIn(state, 'input')
  const metadata = recordIn(state, 'metadata')
  const path = textIn(input, 'filePath') ?? textIn(metadata, 'filepath')
  const failed = status === 'error' || (isRecord(metadata) && (numberIn(metadata, 'exit') ?? 0) !== 0)
  return {
    kind: 'tool',
    purpose,
    endedMs: numberIn(recordIn(state, 'time'), 'end'),
    failed,
    gates: purpose === 'command' ? gatesOf(textIn(input, 'command') ?? '') : [],
    edit:
      purpose === 'edit' && path !== undefined && !failed
        ? { language: languageOf(path), area: areaOf(path) }
        : undefined,
    childSession:
      purpose === 'subagent' ? (idIn(metadata, 'sessionId') ?? idIn(metadata, 'sessionID')) : undefined,
  }
}
