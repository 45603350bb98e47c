import { dirname } from 'node:path'

import type { Importer, LogPlace, Machine } from '@mosaicstack/telemetry-importers'

import type { HookEntry } from '../hook/journal.ts'

/**
 * Claude Code's importer, looking also where hooks were told of transcripts: an import from another shell does not know
 * the `CLAUDE_CONFIG_DIR` that the agent was started with.
 */
export function withKnownTranscripts(importer: Importer, entries: readonly HookEntry[]): Importer {
  if (importer.harness !== 'claude_code') return importer
  const told = new Set(
    entries.flatMap(({ transcript }) => (transcript ? [dirname(dirname(transcript))] : [])),
  )
  const locate = (machine: Machine): readonly LogPlace[] => {
    const usual = importer.locate(machine)
    const [first] = usual
    if (first === undefined) return usual
    const others = [...told].filter((path) => !usual.some((place) => place.path === path))
    return [...usual, ...others.map((path) => movedTo(path, first))]
  }
  return { ...importer, locate }
}

/** The same kind of place elsewhere. */
export function movedTo(path: string, { isLog, maxDepth }: LogPlace): LogPlace {
  return { path, isLog, maxDepth }
}
