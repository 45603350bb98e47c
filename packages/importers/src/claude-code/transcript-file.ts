import type { ReadContext } from '../importer.ts'
import { idIn, isRecord } from '../json-fields.ts'
import { OVERHEAD, subagentName } from '../log-facts.ts'

/** What the name and the place of a transcript say. */
export interface TranscriptFile {
  readonly session: string
  /** The id of the subagent whose file this is; undefined for the main file. */
  readonly subagent: string | undefined
  /** 2.1.39 wrote the compaction as a subagent. */
  readonly isCompaction: boolean
  /** What the lines before the first prompt belong to. */
  readonly firstPrompt: string
}

const SUBAGENT = /(?:^|\/)([^/]+)\/subagents\/(?:.*\/)?agent-([^/]+)\.jsonl$/

export function isTranscript(relativePath: string): boolean {
  return SUBAGENT.test(relativePath) || /^[^/]+\/[^/]+\.jsonl$/.test(relativePath)
}

export function describeFile(context: ReadContext): TranscriptFile {
  const [, session, subagent] = SUBAGENT.exec(context.relativePath) ?? []
  if (session === undefined || subagent === undefined) {
    const name = context.relativePath.slice(context.relativePath.lastIndexOf('/') + 1)
    const ownSession = name.replace(/\.jsonl$/, '')
    // Between versions 2.0 and 2.1 a subagent's file stood beside the main file; its lines say whose it is.
    const agentId = /^agent-(.+)$/.exec(ownSession)?.[1]
    return {
      session: ownSession,
      subagent: agentId,
      isCompaction: false,
      firstPrompt: agentId === undefined ? OVERHEAD : subagentName(agentId),
    }
  }
  return {
    session,
    subagent,
    isCompaction: subagent.startsWith('acompact-'),
    firstPrompt: readToolUse(context, subagent) ?? subagentName(subagent),
  }
}

/** The call that started the subagent, from the note beside its file. */
function readToolUse(context: ReadContext, subagent: string): string | undefined {
  const note = context.readBeside(`agent-${subagent}.meta.json`)
  if (note === undefined) return undefined
  try {
    const meta: unknown = JSON.parse(note)
    return isRecord(meta) ? idIn(meta, 'toolUseId') : undefined
  } catch {
    return undefined
  }
}
