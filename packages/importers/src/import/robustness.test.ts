import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { listTasks } from '../reports/list-tasks.ts'
import { answer, mainFile, prompt, uuid } from '../testing/transcript.ts'
import { asLines, aWorkbench, contentsOf, fixture } from '../testing/workbench.ts'
import { MAX_LINE_BYTES } from './line-reader.ts'

const good = [prompt('do this', { promptId: uuid(1) }), answer({ id: 'a', at: 1, output: 11 })]
const alsoGood = [answer({ id: 'b', at: 2, output: 22 })]

function outputOf(tasks: ReturnType<typeof listTasks>): number {
  return tasks.reduce((sum, { tokens }) => sum + tokens.output, 0)
}

describe('a damaged line', () => {
  const broken = {
    type: 'assistant',
    sessionId: uuid(1),
    timestamp: 'yesterday',
    message: { id: 'msg_x', model: 'm' },
  }

  it.each([
    ['torn by a crash', '{"type":"assistant","mess\n', { not_json: 1 }],
    ['of another shape', '[1,2]\n', { not_an_object: 1 }],
    ['of an unknown type', '{"type":"from-the-future"}\n', { unknown_type: 1 }],
    ['without usage or time', `${JSON.stringify(broken)}\n`, { no_usage: 1, no_time: 1 }],
    ['of NUL bytes only', '\0\0\0\0\n', { nul_bytes: 1 }],
    [
      'with numbers as text and of wrong types',
      asLines([answer({ id: 'c', output: '33' as never, input: { a: 1 } as never })]),
      { number_as_text: 1, wrong_type: 1 },
    ],
  ])('%s is counted, and the good lines around it are read', async (_, line, issues) => {
    await using bench = await aWorkbench()
    bench.write(mainFile(), asLines(good) + line + asLines(alsoGood))

    const report = await bench.import()

    expect(report.issues).toEqual(issues)
    expect(outputOf(listTasks(bench.ledger))).toBeGreaterThanOrEqual(33)
  })

  it('with NUL bytes before it is read without them', async () => {
    await using bench = await aWorkbench()
    bench.write(mainFile(), `${asLines(good)}\0\0\0${asLines(alsoGood)}`)

    const report = await bench.import()

    expect(report.issues).toEqual({ nul_bytes: 1 })
    expect(outputOf(listTasks(bench.ledger))).toBe(33)
  })

  it('of ten megabytes is read like any other', async () => {
    await using bench = await aWorkbench()
    const long = { ...answer({ id: 'c', at: 3, output: 5 }), padding: 'é"\\'.repeat(2_500_000) }
    bench.write(mainFile(), asLines([...good, long, ...alsoGood]))

    const report = await bench.import()

    expect(report.issues).toEqual({})
    expect(outputOf(listTasks(bench.ledger))).toBe(38)
  })

  it('beyond the limit is skipped and counted', async () => {
    await using bench = await aWorkbench()
    const huge = `{"type":"user","padding":"${'x'.repeat(MAX_LINE_BYTES)}"}\n`
    bench.write(mainFile(), asLines(good) + huge + asLines(alsoGood))

    const report = await bench.import()

    expect(report.issues).toEqual({ too_long: 1 })
    expect(outputOf(listTasks(bench.ledger))).toBe(33)
  })
})

describe('a file', () => {
  it('that is empty, or gone, or cannot be read is survived', async () => {
    await using bench = await aWorkbench()
    bench.write(mainFile(), '')
    bench.write(mainFile(uuid(2)), good)
    await bench.import()
    rmSync(join(bench.home, mainFile(uuid(2))))

    const report = await bench.import()

    expect(report.files).toMatchObject({ found: 1, unreadable: 0 })
    expect(listTasks(bench.ledger)).toHaveLength(1)
  })

  it('that is being written waits with half of its last line', async () => {
    await using bench = await aWorkbench()
    const [last] = alsoGood.map((line) => JSON.stringify(line))
    bench.write(mainFile(), asLines(good) + last!.slice(0, 100))
    const first = await bench.import()
    appendFileSync(join(bench.home, mainFile()), `${last!.slice(100)}\n`)

    await bench.import()

    expect(first.issues).toEqual({})
    expect(outputOf(listTasks(bench.ledger))).toBe(33)
  })

  it('that ends with a whole line without a newline is read to its end', async () => {
    await using bench = await aWorkbench()
    bench.write(mainFile(), asLines([...good, ...alsoGood]).trimEnd())
    await bench.import()
    expect(outputOf(listTasks(bench.ledger))).toBe(33)
    appendFileSync(join(bench.home, mainFile()), `\n${asLines([answer({ id: 'c', at: 3, output: 1 })])}`)

    await bench.import()

    expect(outputOf(listTasks(bench.ledger))).toBe(34)
  })

  it('that was written anew or cut short is read from the start, and nothing counts twice', async () => {
    await using bench = await aWorkbench()
    const compaction = { type: 'system', subtype: 'compact_boundary', sessionId: uuid(1) }
    bench.write(mainFile(), [...good, compaction, ...alsoGood])
    await bench.import()
    truncateSync(join(bench.home, mainFile()), 10)
    await bench.import()
    bench.write(mainFile(), [{ type: 'summary' }, ...good, compaction, ...alsoGood])

    await bench.import()

    expect(outputOf(listTasks(bench.ledger))).toBe(33)
    expect(listTasks(bench.ledger)).toMatchObject([{ compactions: 1 }])
  })

  it('is never changed by reading it', async () => {
    await using bench = await aWorkbench()
    bench.write(mainFile(), good)
    const path = join(bench.home, mainFile())
    const before = { bytes: readFileSync(path), stat: statSync(path), files: readdirSync(join(path, '..')) }

    await bench.import()

    expect(readFileSync(path).equals(before.bytes)).toBe(true)
    expect(statSync(path).mtimeMs).toBe(before.stat.mtimeMs)
    expect(readdirSync(join(path, '..'))).toEqual(before.files)
  })
})

describe('files of formats that no version writes', () => {
  it.each([
    ['claude', 'large.jsonl'],
    ['claude', 'schema_drift.jsonl'],
    ['claude', 'small.jsonl'],
    ['codex', 'large.jsonl'],
    ['codex', 'schema_drift.jsonl'],
    ['codex', 'small.jsonl'],
  ])('%s/%s is read to its end, and a good session beside it is not lost', async (agent, name) => {
    await using bench = await aWorkbench()
    const path =
      agent === 'claude' ? mainFile(`00000000-0000-4000-8000-${name}`) : `.codex/sessions/rollout-${name}`
    bench.write(path, readFileSync(fixture(`format/${agent}/${name}`), 'utf8'))
    bench.write(mainFile(uuid(2)), good)

    const report = await bench.import()

    expect(report.files).toMatchObject({ read: 2, unreadable: 0 })
    expect(report.issues).not.toHaveProperty('not_json')
    expect(outputOf(listTasks(bench.ledger, { session: uuid(1) }))).toBe(11)
  })
})

describe('importing again', () => {
  it('finds nothing to read and changes nothing', async () => {
    await using bench = await aWorkbench()
    bench.bring('claude-code/recorded', '.claude')
    bench.bring('codex', '.codex')
    await bench.import()
    const before = contentsOf(bench.ledger)

    const report = await bench.import()

    expect(report.files).toMatchObject({ read: 0, unchanged: 7 })
    expect(contentsOf(bench.ledger)).toEqual(before)
  })

  it('into a new ledger gives the same tasks with the same ids', async () => {
    await using bench = await aWorkbench()
    bench.bring('claude-code/recorded', '.claude')
    await bench.import()
    const before = contentsOf(bench.ledger)
    await bench.reopen('another')

    await bench.import()

    expect(contentsOf(bench.ledger)).toEqual(before)
  })
})

it('keeps the ledger to its user', async () => {
  await using bench = await aWorkbench()
  bench.write(mainFile(), good)

  await bench.import()

  for (const suffix of ['', '-wal', '-shm']) {
    const file = `${bench.ledger.path}${suffix}`
    if (existsSync(file)) expect(statSync(file).mode & 0o777, suffix).toBe(0o600)
  }
})

it('keeps no text of a conversation in the ledger', async () => {
  await using bench = await aWorkbench()
  bench.write(mainFile(), [
    prompt('SECRET-PROMPT', { promptId: uuid(1) }),
    answer({
      id: 'a',
      at: 1,
      tools: [{ id: 't', name: 'Bash', input: { command: 'npm test SECRET-COMMAND' } }],
    }),
    answer({ id: 'b', at: 2, tools: [{ id: 'u', name: 'Edit', input: { file_path: '/SECRET-PATH/a.ts' } }] }),
  ])

  await bench.import()
  bench.ledger.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')

  writeFileSync(join(bench.home, 'copy'), readFileSync(bench.ledger.path))
  expect(readFileSync(join(bench.home, 'copy'), 'latin1')).not.toContain('SECRET')
})
