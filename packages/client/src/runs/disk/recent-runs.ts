import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join, resolve } from 'node:path'

import { makeDirectory } from '../../platform/make-directory.ts'
import type { RecentRuns } from '../run-platform.ts'
import type { RunIdentity } from '../run-write.ts'

/** Some two thousand runs. */
const MAX_FILE_BYTES = 512 * 1024
const MAX_OLDER_FILES = 3

const FILE = 'recent-runs.ndjson'
const OLDER = /^recent-runs-\d{13}\.ndjson$/

/**
 * The newest few thousand runs of all processes on one buffer: `run_id` and what else a commit needs, one line a run,
 * appended in one write.
 *
 * A full file is moved aside under a name of its own, so two processes that do so at once lose nothing, and the newest
 * three of those are kept. A torn line costs its own run; a reader takes the last line of a `run_id`.
 */
export class RecentRunsFile implements RecentRuns {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = resolve(directory)
  }

  note({ agent_name, event_id, job_type, run_id, start_time }: RunIdentity): void {
    const line = `${JSON.stringify({ run_id, event_id, agent_name, job_type, start_time })}\n`
    try {
      this.#append(line)
    } catch {
      // The buffer beside it has the same trouble and reports it.
    }
  }

  find(runId: string): RunIdentity | undefined {
    const needle = `{"run_id":${JSON.stringify(runId)},`
    for (const file of [FILE, ...this.#olderFiles()]) {
      const found = findLast(this.#read(file), needle)
      if (found !== undefined) return found
    }
    return undefined
  }

  #append(line: string): void {
    const file = join(this.#directory, FILE)
    const handle = this.#open(file)
    try {
      writeSync(handle, line)
      const { ino, size } = fstatSync(handle)
      if (size >= MAX_FILE_BYTES && statSync(file).ino === ino) this.#moveAside(file)
    } finally {
      closeSync(handle)
    }
  }

  #open(file: string): number {
    try {
      return openSync(file, 'a', 0o600)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      makeDirectory(this.#directory)
      return openSync(file, 'a', 0o600)
    }
  }

  #moveAside(file: string): void {
    renameSync(file, join(this.#directory, `recent-runs-${Date.now()}.ndjson`))
    for (const name of this.#olderFiles().slice(MAX_OLDER_FILES)) {
      rmSync(join(this.#directory, name), { force: true })
    }
  }

  /** Newest first. */
  #olderFiles(): string[] {
    try {
      return readdirSync(this.#directory)
        .filter((name) => OLDER.test(name))
        .sort()
        .reverse()
    } catch {
      return []
    }
  }

  #read(name: string): string {
    try {
      return readFileSync(join(this.#directory, name), 'utf8')
    } catch {
      return ''
    }
  }
}

function findLast(text: string, needle: string): RunIdentity | undefined {
  for (let at = text.lastIndexOf(needle); at !== -1; at = at === 0 ? -1 : text.lastIndexOf(needle, at - 1)) {
    const end = text.indexOf('\n', at)
    try {
      if (end !== -1) return JSON.parse(text.slice(at, end)) as RunIdentity
    } catch {
      // Torn: an older line may be whole.
    }
  }
  return undefined
}
