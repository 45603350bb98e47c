import { closeSync, createReadStream, openSync, readdirSync, statSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

import { makeDirectory } from '../../platform/make-directory.ts'
import type { Clock } from '../../delivery/clock.ts'
import type { Journal, JournalOptions, RunCounts } from '../run-platform.ts'

const DAY_MS = 24 * 3_600_000
/** Statistics are about now: a month of files, and of them no more than is read in a second or two. */
const MAX_FILES_COUNTED = 30
const MAX_BYTES_COUNTED = 256 * 1024 * 1024

/**
 * One file a UTC day, `events_{YYYYMMDD}.ndjson`, one JSON object a line, shared by any number of processes.
 *
 * A line is appended in one write of its own, which local file systems do not mix with another's. The file is opened
 * for every line (10 µs more than keeping it open), so that whoever moves it away finds a new one there.
 */
export class NdjsonJournal implements Journal {
  readonly #directory: string
  readonly #clock: Clock
  readonly #onFailure: (reason: string) => void
  #hasFailed = false
  /** A disk ran full in the middle of our last line: what follows must begin a new one. */
  #isTorn = false

  constructor({ clock, directory, onFailure }: JournalOptions) {
    this.#directory = resolve(directory) // the process may change its directory later
    this.#clock = clock
    this.#onFailure = onFailure
  }

  append(record: object): void {
    try {
      const line = Buffer.from(`${this.#isTorn ? '\n' : ''}${JSON.stringify(record)}\n`)
      this.#write(line)
      this.#hasFailed = false
    } catch (cause) {
      if (!this.#hasFailed) this.#onFailure(cause instanceof Error ? cause.message : String(cause))
      this.#hasFailed = true
    }
  }

  async countRuns(): Promise<RunCounts | undefined> {
    const files = this.#newestFiles()
    if (files.length === 0) return undefined

    const count = new RunCount(this.#clock.now() - DAY_MS)
    for (const file of files) {
      for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
        count.add(line)
      }
    }
    return count.counts
  }

  #write(line: Buffer): void {
    const handle = this.#open()
    try {
      const written = writeSync(handle, line)
      this.#isTorn = written < line.length
      if (this.#isTorn)
        throw new Error(`only ${written} of ${line.length} bytes were taken: the disk is full`)
    } finally {
      closeSync(handle)
    }
  }

  #open(): number {
    const day = new Date(this.#clock.now()).toISOString().slice(0, 10).replaceAll('-', '')
    const file = join(this.#directory, `events_${day}.ndjson`)
    try {
      return openSync(file, 'a', 0o600)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      makeDirectory(this.#directory)
      return openSync(file, 'a', 0o600)
    }
  }

  #newestFiles(): string[] {
    const names = listOrEmpty(this.#directory).filter((name) => /^events_\d{8}\.ndjson$/.test(name))
    const newest = names.sort().reverse().slice(0, MAX_FILES_COUNTED)
    let bytes = 0
    return newest
      .map((name) => join(this.#directory, name))
      .filter((file) => {
        bytes += statSync(file).size
        return bytes <= MAX_BYTES_COUNTED
      })
  }
}

function listOrEmpty(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return [] // nothing was ever written there
  }
}

/** Runs among the lines, each once: its start and its end are two lines of one `event_id`. */
class RunCount {
  readonly #recentSinceMs: number
  readonly #seen = new Set<string>()
  readonly #agents = new Map<string, number>()
  #recent = 0

  constructor(recentSinceMs: number) {
    this.#recentSinceMs = recentSinceMs
  }

  add(line: string): void {
    const run = readRunLine(line)
    if (run === undefined || this.#seen.has(run.event_id)) return
    this.#seen.add(run.event_id)
    this.#agents.set(run.agent_name, (this.#agents.get(run.agent_name) ?? 0) + 1)
    if (Date.parse(run.start_time) >= this.#recentSinceMs) this.#recent++
  }

  get counts(): RunCounts {
    return {
      total_runs: this.#seen.size,
      agents: Object.fromEntries(this.#agents),
      recent_24h: this.#recent,
    }
  }
}

interface RunLine {
  readonly event_id: string
  readonly agent_name: string
  readonly start_time: string
}

/** Undefined for every other line: events, commits, what somebody else has written. */
function readRunLine(line: string): RunLine | undefined {
  if (!line.startsWith('{"record_type":"run"')) return undefined
  try {
    const run = JSON.parse(line) as Partial<RunLine>
    const isRun = [run.event_id, run.agent_name, run.start_time].every((text) => typeof text === 'string')
    return isRun ? (run as RunLine) : undefined
  } catch {
    return undefined
  }
}
