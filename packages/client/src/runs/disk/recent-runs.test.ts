import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { RunIdentity } from '../run-write.ts'
import { RecentRunsFile } from './recent-runs.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'recent-runs-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function aRun(runId: string, eventId = `event of ${runId}`): RunIdentity {
  return {
    run_id: runId,
    event_id: eventId,
    agent_name: 'scanner',
    job_type: 'nightly',
    start_time: '2026-01-01T00:00:00Z',
  }
}

describe('the file of recent runs', () => {
  it('tells another process what a commit needs, the newest of an id', () => {
    const mine = new RecentRunsFile(directory)
    mine.note(aRun('a', 'first'))
    mine.note(aRun('b'))
    mine.note(aRun('a', 'second'))

    const theirs = new RecentRunsFile(directory)

    expect(theirs.find('a')).toEqual(aRun('a', 'second'))
    expect(theirs.find('b')).toEqual(aRun('b'))
    expect(theirs.find('')).toBeUndefined()
  })

  it('loses to a torn line only the run that the line is about', () => {
    const file = new RecentRunsFile(directory)
    file.note(aRun('a'))
    appendFileSync(join(directory, 'recent-runs.ndjson'), '{"run_id":"a","event_id":"to')
    file.note(aRun('b'))

    expect(file.find('a')).toEqual(aRun('a'))
    expect(new RecentRunsFile(directory).find('b')).toEqual(aRun('b'))
  })

  it('stays bounded: it keeps the newest few thousand runs', () => {
    const file = new RecentRunsFile(directory)
    for (let n = 0; n < 20_000; n++) file.note(aRun(`run-${n}`))

    const bytes = readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)

    expect(bytes).toBeLessThan(3 * 1024 * 1024)
    expect(file.find('run-19999')).toEqual(aRun('run-19999'))
    expect(file.find('run-17000')).toEqual(aRun('run-17000'))
    expect(file.find('run-0')).toBeUndefined()
  })

  it('is of no use, and no harm, where the directory cannot be made', () => {
    writeFileSync(join(directory, 'in-the-way'), '')
    const file = new RecentRunsFile(join(directory, 'in-the-way'))

    file.note(aRun('a'))

    expect(file.find('a')).toBeUndefined()
  })
})
