import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs'

import { describeProblem, findEventProblems } from '@mosaicstack/telemetry-client/protocol'
import type { TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'
import { openSqliteStore } from '@mosaicstack/telemetry-server'
import { observationOfEvent } from '@mosaicstack/telemetry-server/backtest'
import { databaseFile } from '@mosaicstack/telemetry-server/config'

import { CliError } from '../cli-error.ts'
import { readTaskRecords } from '../demo/task-records.ts'

export type Observation = ReturnType<typeof observationOfEvent>

export interface Source {
  /** What the reader of the table is told. */
  readonly name: string
  readonly observations: readonly Observation[]
  /** Lines that hold no valid event. */
  readonly skippedLines: number
  /** What is wrong with the first of them. */
  readonly firstProblem?: string
}

const SQLITE_MAGIC = 'SQLite format 3\0'
const EVENTS_PER_READ = 5000

/** The events of a file or a store, or the bundled tasks. */
export async function readObservations(file: string | undefined): Promise<Source> {
  if (file === undefined) return bundledTasks()
  if (!existsSync(file)) {
    throw new CliError(`there is no ${file}`, {
      hint: 'Name a file of events or a telemetry.db.',
      exitCode: 2,
    })
  }
  if (statSync(file).isDirectory()) return readStore(existingDatabase(file))
  return isDatabase(file) ? readStore(file) : readLines(file)
}

function bundledTasks(): Source {
  return {
    name: 'the bundled Claude Code tasks',
    observations: readTaskRecords().map(({ event }) => observationOfEvent(event)),
    skippedLines: 0,
  }
}

function existingDatabase(dataDir: string): string {
  const file = databaseFile(dataDir)
  if (existsSync(file)) return file
  throw new CliError(`there is no store in ${dataDir}`, {
    hint: 'Name a directory with a telemetry.db.',
    exitCode: 2,
  })
}

function isDatabase(file: string): boolean {
  const start = Buffer.alloc(SQLITE_MAGIC.length)
  const handle = openSync(file, 'r')
  try {
    readSync(handle, start, 0, start.length, 0)
  } finally {
    closeSync(handle)
  }
  return start.toString('latin1') === SQLITE_MAGIC
}

async function readStore(file: string): Promise<Source> {
  const store = await openSqliteStore(file)
  try {
    const observations: Observation[] = []
    for (let position = 0; ;) {
      const read = await store.observationsAfter(position, EVENTS_PER_READ)
      observations.push(...read)
      position = read.at(-1)?.position ?? position
      if (read.length < EVENTS_PER_READ) return { name: file, observations, skippedLines: 0 }
    }
  } finally {
    await store.close()
  }
}

function readLines(file: string): Source {
  const observations: Observation[] = []
  let skippedLines = 0
  let firstProblem: string | undefined
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.trim() === '') continue
    const read = readEvent(line)
    if ('event' in read) observations.push(observationOfEvent(read.event))
    else {
      skippedLines++
      firstProblem ??= `line ${index + 1}: ${read.problem}`
    }
  }
  return { name: file, observations, skippedLines, ...(firstProblem !== undefined && { firstProblem }) }
}

function readEvent(line: string): { readonly event: TaskCompletionEvent } | { readonly problem: string } {
  try {
    const event: unknown = JSON.parse(line)
    const [problem] = findEventProblems(event)
    return problem === undefined
      ? { event: event as TaskCompletionEvent }
      : { problem: describeProblem(problem) }
  } catch {
    return { problem: 'not JSON' }
  }
}
