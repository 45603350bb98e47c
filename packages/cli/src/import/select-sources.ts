import { existsSync, statSync } from 'node:fs'
import { basename, resolve, sep } from 'node:path'

import { findLogs, type Importer, type LogPlace, type Machine } from '@mosaicstack/telemetry-importers'

import { CliError } from '../cli-error.ts'
import { nearestWord } from '../nearest-word.ts'
import { movedTo } from './known-transcripts.ts'

/**
 * The importers that sources name: an agent (`codex`), a directory or file of logs (`./backup`), or both where a
 * directory could be of several agents (`codex:./backup`). No source is every agent.
 */
export function selectSources(
  sources: readonly string[],
  importers: readonly Importer[],
  machine: Machine,
): readonly Importer[] {
  if (sources.length === 0) return importers
  return sources.flatMap((source) => selectOne(source, importers, machine))
}

function selectOne(source: string, importers: readonly Importer[], machine: Machine): readonly Importer[] {
  const named = importersOf(source, importers)
  if (named.length > 0) return named

  const colon = source.indexOf(':')
  const owners = colon === -1 ? [] : importersOf(source.slice(0, colon), importers)
  const path = resolve(owners.length > 0 ? source.slice(colon + 1) : source)
  if (!existsSync(path)) throw unknownSource(source, importers)

  const isNamed = owners.length > 0
  const found = importersAt(path, isNamed ? owners : importers, machine, isNamed)
  const agents = [...new Set(found.map(({ harness }) => harness))]
  if (agents.length === 1 || isHome(path, importers, machine)) return found
  throw agents.length === 0
    ? new CliError(`${path} holds no log of a known agent`, { hint: WHERE_LOGS_ARE, exitCode: 2 })
    : new CliError(`${path} may be of ${agents.map(nameOf).join(' or ')}`, {
        hint: `Say whose logs they are: ${nameOf(agents[0] ?? '')}:${source}`,
        exitCode: 2,
      })
}

const WHERE_LOGS_ARE =
  'Name the directory that the agent keeps its logs in, such as ~/.claude/projects, or say whose they are: claude-code:FILE.'

/** As people write an agent's name: `claude-code`. */
export function nameOf(harness: string): string {
  return harness.replaceAll('_', '-')
}

function importersOf(name: string, importers: readonly Importer[]): readonly Importer[] {
  const wanted = name.toLowerCase().replaceAll('_', '-')
  return importers.filter(
    ({ harness, title }) => nameOf(harness) === wanted || title.toLowerCase() === name.toLowerCase(),
  )
}

/** The importers that find logs there: of a home directory that was moved, of a directory of logs, or of one file. */
function importersAt(
  path: string,
  importers: readonly Importer[],
  machine: Machine,
  isNamed: boolean,
): readonly Importer[] {
  if (isHome(path, importers, machine))
    return withLogs(
      importers.map((each) => atHome(path, each)),
      machine,
    )
  const isFile = statSync(path).isFile()
  const moved = importers.map((each) => (isFile ? atFile : atDirectory)(path, each, machine))
  const fitting = withLogs(moved, machine)
  // Two agents may lay out their logs in the same way, and any file may look like a log; the directory's name tells.
  const alike = fitting.filter((each) => importers.some((usual) => isOfSameName(each, usual, machine)))
  return alike.length > 0 || (isFile && !isNamed) ? alike : fitting
}

function isOfSameName(moved: Importer, usual: Importer, machine: Machine): boolean {
  const namesOf = (importer: Importer): readonly string[] =>
    importer.locate(machine).map((place) => basename(place.path))
  return moved.format === usual.format && namesOf(moved).some((name) => namesOf(usual).includes(name))
}

function isHome(path: string, importers: readonly Importer[], machine: Machine): boolean {
  return (
    withLogs(
      importers.map((each) => atHome(path, each)),
      machine,
    ).length > 0
  )
}

function withLogs(importers: readonly Importer[], machine: Machine): readonly Importer[] {
  return importers.filter((importer) => findLogs(importer, machine).length > 0)
}

function atHome(home: string, importer: Importer): Importer {
  return { ...importer, locate: ({ platform }) => importer.locate({ platform, home, env: () => undefined }) }
}

function atDirectory(path: string, importer: Importer, machine: Machine): Importer {
  return { ...importer, locate: () => importer.locate(machine).map((place) => movedTo(path, place)) }
}

/** An importer may need to see in which directories a log is, so the place is the nearest one that makes it a log. */
function atFile(path: string, importer: Importer, machine: Machine): Importer {
  const parts = path.split(sep)
  const usual = importer.locate(machine)
  for (let depth = 0; depth <= MAX_FILE_DEPTH && depth < parts.length - 1; depth++) {
    const relativePath = parts.slice(parts.length - depth).join('/')
    if (!usual.some(({ isLog }) => isLog(relativePath))) continue
    const base = parts.slice(0, parts.length - depth).join(sep)
    const place: LogPlace = { path: base, maxDepth: depth, isLog: (other) => other === relativePath }
    return { ...importer, locate: () => [place] }
  }
  return { ...importer, locate: () => [] }
}

/** A subagent's log is that deep below the place where its agent's logs are. */
const MAX_FILE_DEPTH = 5

function unknownSource(source: string, importers: readonly Importer[]): CliError {
  const names = [...new Set(importers.map(({ harness }) => nameOf(harness)))]
  const nearest = nearestWord(source, names)
  return new CliError(`${JSON.stringify(source)} is no known agent and no path that exists`, {
    hint: nearest === undefined ? `Agents: ${names.join(', ')}.` : `Did you mean ${nearest}?`,
    exitCode: 2,
  })
}
