import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

import type { Importer, LogPlace, Machine } from '../importer.ts'

/** Directories below a place: agents nest logs four deep at most. */
const MAX_DEPTH = 12

export interface FoundLog {
  readonly path: string
  /** With `/` between the parts. */
  readonly relativePath: string
}

/** Every log of an importer that is there now, in the order of the paths. What cannot be listed is left out. */
export function findLogs(importer: Importer, machine: Machine): readonly FoundLog[] {
  const found = new Map<string, FoundLog>()
  for (const place of importer.locate(machine)) {
    for (const log of findIn(place)) if (!found.has(log.path)) found.set(log.path, log)
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

function* findIn(place: LogPlace): Generator<FoundLog> {
  if (place.isLog('') && isFile(place.path)) yield { path: place.path, relativePath: '' }
  yield* walk(place, '', 0)
}

function* walk(place: LogPlace, relativeDirectory: string, depth: number): Generator<FoundLog> {
  if (depth > (place.maxDepth ?? MAX_DEPTH)) return
  for (const entry of list(join(place.path, relativeDirectory))) {
    const relativePath = relativeDirectory === '' ? entry.name : `${relativeDirectory}/${entry.name}`
    const path = join(place.path, relativePath)
    const isLink = entry.isSymbolicLink()
    if (entry.isDirectory() || (isLink && !isFile(path))) yield* walk(place, relativePath, depth + 1)
    else if ((entry.isFile() || isLink) && place.isLog(relativePath)) yield { path, relativePath }
  }
}

function list(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch {
    return []
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false // a link to nowhere, or to where we may not look
  }
}
