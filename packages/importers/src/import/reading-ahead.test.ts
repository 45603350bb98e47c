import { chmodSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { claudeCode } from '../claude-code/claude-code.ts'
import { defineImporter } from '../importer.ts'
import { importers } from '../importers.ts'
import { answer, mainFile, prompt, uuid } from '../testing/transcript.ts'
import { aWorkbench, contentsOf, type Workbench } from '../testing/workbench.ts'
import { importLogs } from './import-logs.ts'
import { isOurs } from './reading-ahead.ts'

async function withLogs(): Promise<Workbench> {
  const bench = await aWorkbench()
  bench.bring('claude-code/recorded', '.claude')
  bench.bring('claude-code/public/marot', '.claude')
  bench.bring('codex', '.codex')
  return bench
}

function importWith(bench: Workbench, readAhead: boolean) {
  return importLogs({ ledger: bench.ledger, importers, machine: bench.machine, readAhead })
}

it('gives the same ledger and the same report as reading in one thread', async () => {
  await using bench = await withLogs()
  const alone = await importWith(bench, false)
  const expected = contentsOf(bench.ledger)
  await bench.reopen('other')

  const ahead = await importWith(bench, true)

  expect(ahead).toEqual(alone)
  expect(contentsOf(bench.ledger)).toEqual(expected)
})

it('reads on where the other thread, or the other way of reading, has stopped', async () => {
  await using bench = await aWorkbench()
  const lines = [prompt('one', { promptId: uuid(1) }), answer({ id: 'a', at: 1 }), answer({ id: 'b', at: 2 })]
  bench.write(mainFile(), lines.slice(0, 2))
  await importWith(bench, true)
  bench.write(mainFile(), lines)
  await importWith(bench, false)
  bench.write(mainFile(), [...lines, answer({ id: 'c', at: 3 })])

  const report = await importWith(bench, true)

  expect(report.lines).toBe(1)
})

it('gets a long log in parts, none of which is left out', async () => {
  await using bench = await aWorkbench()
  const padding = 'x'.repeat(500_000)
  const answers = Array.from({ length: 100 }, (_, index) => ({
    ...answer({ id: `a${index}`, at: index }),
    padding,
  }))
  bench.write(mainFile(), [prompt('one', { promptId: uuid(1) }), ...answers])

  const report = await importWith(bench, true)

  expect(report.lines).toBe(101)
  expect(bench.ledger.database.prepare('SELECT count(*) AS n FROM requests').get()).toEqual({ n: 100 })
})

// Root may read everything, so there a link that leads nowhere stands in.
it('goes on after a log that cannot be read', async () => {
  await using bench = await withLogs()
  bench.write(mainFile(uuid(2)), [])
  chmodSync(join(bench.home, mainFile(uuid(2))), 0o000)
  symlinkSync('/nowhere', join(bench.home, mainFile(uuid(3))))

  const report = await importWith(bench, true)

  expect(report.files.read).toBeGreaterThanOrEqual(10)
  expect(report.files.read + report.files.unreadable).toBe(report.files.found)
})

it('reads the logs of a plug-in, which the thread does not know', async () => {
  await using bench = await withLogs()
  bench.write('.mine/log.jsonl', [{ id: 'a' }, { id: 'b' }])
  const seen: unknown[] = []
  const mine = defineImporter({
    harness: 'mine',
    title: 'Mine',
    locate: ({ home }) => [{ path: join(home, '.mine'), isLog: () => true }],
    format: { kind: 'lines', open: () => ({ record: ({ id }) => seen.push(id), state: () => null }) },
  })

  await importLogs({
    ledger: bench.ledger,
    importers: [mine, ...importers],
    machine: bench.machine,
    readAhead: true,
  })

  expect(seen).toEqual(['a', 'b'])
})

it('reads in a thread what an importer finds that was only told to look elsewhere', () => {
  const moved = { ...claudeCode, locate: () => [] }
  const log = { path: '/nowhere/a.jsonl', relativePath: 'a.jsonl' }
  const progress = { fileNo: 1, stamp: '', readBytes: 0, readHash: '', state: undefined, issues: {} }
  const job = { importer: moved, log, progress, stamp: '', newBytes: 1e9 }

  expect(isOurs(job)).toBe(true)
  expect(isOurs({ ...job, importer: { ...moved, format: { ...moved.format } } })).toBe(false)
})
