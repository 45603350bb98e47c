/**
 * Task notes as files: one JSON object in a file of its own for each task, named after a hash of the task's id.
 *
 * Always true
 * - A file is whole: it is written beside its place and renamed, so that several processes may share the directory.
 * - The id that an agent has chosen is not kept, only its hash: it may say what the task is about.
 * - At most `MAX_NOTES` files stay; the ones touched longest ago go first.
 *
 * After a crash: a file that ends in `.part` is nobody's and goes with the next clean-up. A file that cannot be read is
 * no note. A directory that cannot be written keeps no notes: tasks are reported all the same, without comparison.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

import { makeDirectory } from '@mosaicstack/telemetry-client/make-directory'
import { taskEventId } from '@mosaicstack/telemetry-client/protocol'

import type { TaskNote, TaskNotes } from './task-notes.ts'

/** A task's note takes half a kilobyte; the last few hundred tasks say enough of how forecasts turn out. */
const MAX_NOTES = 500

/** The same for the same task wherever it is reported from, so that it is stored once. */
export function eventIdOf(taskId: string): string {
  return taskEventId({ harness: 'mcp', sessionId: '', promptId: taskId })
}

export function taskNoteFiles(directory: string): TaskNotes {
  const fileOf = (taskId: string): string => join(directory, `${eventIdOf(taskId)}.json`)
  return {
    read: (taskId) => readNote(fileOf(taskId)),
    write(taskId, note) {
      const file = fileOf(taskId)
      const part = `${file}.${process.pid}.part`
      attempt(() => {
        makeDirectory(directory)
        writeFileSync(part, JSON.stringify(note), { mode: 0o600 })
        renameSync(part, file)
      })
      attempt(() => removeOldest(directory))
    },
    reported() {
      const notes = (attempt(() => readdirSync(directory)) ?? [])
        .filter((name) => name.endsWith('.json'))
        .flatMap((name) => readNote(join(directory, name)) ?? [])
      return notes
        .filter(({ reported }) => reported !== undefined)
        .sort((a, b) => (b.reported?.atMs ?? 0) - (a.reported?.atMs ?? 0))
    },
  }
}

function readNote(file: string): TaskNote | undefined {
  const value = attempt(() => JSON.parse(readFileSync(file, 'utf8')) as Partial<TaskNote> | null)
  return typeof value?.predictedAtMs === 'number' && value.query && value.expected
    ? (value as TaskNote)
    : undefined
}

function removeOldest(directory: string): void {
  const files = readdirSync(directory).map((name) => join(directory, name))
  if (files.length <= MAX_NOTES) return
  const byAge = files
    .map((file) => ({ file, touchedMs: statSync(file).mtimeMs }))
    .sort((a, b) => a.touchedMs - b.touchedMs)
  for (const { file } of byAge.slice(0, files.length - MAX_NOTES)) rmSync(file, { force: true })
}

/** The disk may refuse anything; another process may have been quicker. */
function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
