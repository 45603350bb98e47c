import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { readJournal } from '../../testing/a-run-client.ts'
import { FakeClock } from '../../testing/fake-clock.ts'
import { NdjsonJournal } from './journal.ts'

let directory: string
let failures: string[]
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-'))
  failures = []
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function aJournal(clock = new FakeClock(), path = directory): NdjsonJournal {
  return new NdjsonJournal({ directory: path, clock, onFailure: (reason) => failures.push(reason) })
}

const aRunLine = (id: string, agent: string, time: string) => ({
  record_type: 'run',
  event_id: id,
  agent_name: agent,
  start_time: time,
})

describe('the journal', () => {
  it('begins a new file with each day, UTC', async () => {
    const clock = new FakeClock() // 2026-01-01T00:00Z
    const journal = aJournal(clock)

    journal.append({ n: 1 })
    await clock.advance(24 * 3_600_000 - 1)
    journal.append({ n: 2 })
    await clock.advance(1)
    journal.append({ n: 3 })

    expect(readdirSync(directory).sort()).toEqual(['events_20260101.ndjson', 'events_20260102.ndjson'])
    expect(readJournal(directory)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  })

  it('keeps every line whole with eight writers at once', async () => {
    const source = new URL('../../../dist/runs/disk/journal.js', import.meta.url).href
    const program = `
      import { NdjsonJournal } from ${JSON.stringify(source)}
      const journal = new NdjsonJournal({
        directory: ${JSON.stringify(directory)}, clock: { now: () => 0 }, onFailure: (reason) => { throw new Error(reason) },
      })
      for (let n = 0; n < 200; n++) journal.append({ writer: process.pid, n, text: 'é'.repeat((n % 20) * 1000) })`
    const writers = Array.from({ length: 8 }, () =>
      once(spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' }), 'close'),
    )

    expect((await Promise.all(writers)).map(([code]) => code)).toEqual(Array(8).fill(0))
    const seen = readJournal(directory).map(({ n, writer }) => `${writer}-${n}`)
    expect(new Set(seen).size).toBe(1600)
    expect(seen).toHaveLength(1600)
  })

  it('says once that it cannot write, and again when it could in between', () => {
    const path = join(directory, 'raw')
    const journal = aJournal(new FakeClock(), path)

    writeFileSync(path, 'in the way')
    for (let n = 0; n < 3; n++) journal.append({ n })
    rmSync(path)
    journal.append({ n: 3 })
    rmSync(path, { recursive: true })
    writeFileSync(path, 'in the way')
    journal.append({ n: 4 })

    expect(failures).toEqual([expect.stringContaining('ENOTDIR'), expect.stringContaining('ENOTDIR')])
  })

  it('finds the new file where somebody has moved the old one away', () => {
    const journal = aJournal()

    journal.append({ n: 1 })
    rmSync(directory, { recursive: true })
    journal.append({ n: 2 })

    expect(readJournal(directory)).toEqual([{ n: 2 }])
  })

  it('counts runs once, and passes over what is no run or torn', async () => {
    const clock = new FakeClock()
    const journal = aJournal(clock)
    journal.append(aRunLine('a', 'scanner', '2026-01-01T00:00:00Z'))
    journal.append(aRunLine('a', 'scanner', '2026-01-01T00:00:00Z'))
    journal.append(aRunLine('b', '__proto__', '2025-12-01T00:00:00Z'))
    journal.append({ record_type: 'event', event_id: 'c' })
    writeFileSync(
      join(directory, 'events_20251231.ndjson'),
      '{"record_type":"run","event_id":"d"\nnonsense\n',
    )

    const counts = await journal.countRuns()

    expect(counts).toMatchObject({ total_runs: 2, recent_24h: 1 })
    expect(Object.entries(counts!.agents)).toEqual([
      ['scanner', 1],
      ['__proto__', 1],
    ])
  })

  it('knows nothing where there is no file', async () => {
    mkdirSync(join(directory, 'empty'))

    expect(await aJournal(new FakeClock(), join(directory, 'empty')).countRuns()).toBeUndefined()
    expect(await aJournal(new FakeClock(), join(directory, 'absent')).countRuns()).toBeUndefined()
  })
})
