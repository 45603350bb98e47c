import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { taskNoteFiles } from './task-note-files.ts'
import type { TaskNote } from './task-notes.ts'

let parent: string
let directory: string

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'notes-'))
  directory = join(parent, 'notes')
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

it('remembers a note across processes, readable by its owner only and without the name of the task', () => {
  taskNoteFiles(directory).write('fix the login of ACME', aNote(1))

  const note = taskNoteFiles(directory).read('fix the login of ACME')

  expect(note).toEqual(aNote(1))
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  const [file = ''] = readdirSync(directory)
  expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600)
  expect(file + readFileSync(join(directory, file), 'utf8')).not.toContain('ACME')
})

it('lists reported tasks, the latest first', () => {
  const notes = taskNoteFiles(directory)
  for (const atMs of [2, 3, 1]) notes.write(`${atMs}`, aNote(atMs, atMs))
  notes.write('open', aNote(4))

  const reported = notes.reported()

  expect(reported.map((note) => note.reported?.atMs)).toEqual([3, 2, 1])
})

it('keeps the five hundred notes that were touched last', () => {
  const notes = taskNoteFiles(directory)

  for (let n = 0; n < 510; n++) notes.write(`${n}`, aNote(n, n))

  expect(readdirSync(directory)).toHaveLength(500)
  expect(notes.read('509')).toBeDefined()
})

it.each(['', '{ torn', 'null', '[]', '{"predictedAtMs":1}'])(
  'takes a file with %j for no note',
  (content) => {
    const notes = taskNoteFiles(directory)
    notes.write('a', aNote(1, 1))
    const [file = ''] = readdirSync(directory)
    writeFileSync(join(directory, file), content)

    expect(notes.read('a')).toBeUndefined()
    expect(notes.reported()).toEqual([])
  },
)

it('keeps nothing, and says nothing, where the directory cannot be made', () => {
  writeFileSync(directory, 'a file is in the way')
  const notes = taskNoteFiles(directory)

  notes.write('a', aNote(1))

  expect(notes.read('a')).toBeUndefined()
  expect(notes.reported()).toEqual([])
})

function aNote(predictedAtMs: number, reportedAtMs?: number): TaskNote {
  const actual = { cost_usd: 1, duration_s: 1, input_tokens: 1, output_tokens: 1 }
  return {
    predictedAtMs,
    query: { task_type: 'testing', model: 'gpt-5', provider: 'openai', complexity: 'low' },
    expected: { cost_usd: { p10: 1, p50: 2, p90: 3 } },
    ...(reportedAtMs !== undefined && { reported: { atMs: reportedAtMs, actual } }),
  }
}
