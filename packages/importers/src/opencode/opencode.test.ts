import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { listTasks } from '../reports/list-tasks.ts'
import { spend } from '../reports/spend.ts'
import { anOpenCodeWriter } from '../testing/opencode-writer.ts'
import { aDatabase } from '../testing/sql-database.ts'
import { aWorkbench, contentsOf, fixture, type Workbench } from '../testing/workbench.ts'
import { kiloCli, openCode, openCodeStorage } from './opencode.ts'

const SESSION = 'ses_e028acd1effeH6oWqlMjoVJMLC'
const PROMPT = 'msg_1fd7534a2001agV6oBLyC1BecS'
const DATABASE = '.local/share/opencode/opencode.db'
const importers = [openCode, openCodeStorage, kiloCli]

describe('what the real programs wrote', () => {
  it.each([
    ['opencode', '.local/share/opencode/opencode.db', 'opencode/opencode.sql'],
    ['kilo_code', '.local/share/kilo/kilo.db', 'opencode/kilo.sql'],
  ])(
    'adds up to what was served to %s, but for the title, which is said to be missing',
    async (harness, file, sql) => {
      await using bench = await aWorkbench()
      using _ = await aDatabase(join(bench.home, file), sql)

      await bench.import({ importers })

      const truth = truthOf(harness)
      const [total] = spend(bench.ledger, { by: [] })
      expect(total!.tokens).toEqual({
        freshInput: truth['prompt_tokens_incl_cached']! - truth['cached_tokens']!,
        cacheRead: truth['cached_tokens'],
        cacheWrite5m: 0,
        cacheWrite1h: 0,
        output: truth['completion_tokens_incl_reasoning'],
        reasoning: truth['reasoning_tokens'],
      })
      expect(total!.completeness.missing).toEqual(['title_request'])
    },
  )

  it('is one task, with its edits, gates, versions and the cost that the program computed', async () => {
    await using bench = await withDatabase()

    await bench.import({ importers })

    expect(listTasks(bench.ledger)).toMatchObject([
      {
        harness: 'opencode',
        harnessVersion: '1.18.33',
        session: SESSION,
        prompt: PROMPT,
        project: '/workspace/demo-app',
        requests: 4,
        language: 'python',
        linesAdded: 4,
        tools: { command: 2, edit: 1 },
        ending: 'answered',
        cost: { knownNanoUsd: 152_184_600, unpricedRequests: 0 },
      },
    ])
  })
})

describe('a database in use', () => {
  it('is read while another process writes to it, and in the end everything is there once', async () => {
    await using bench = await withDatabase()
    await using writer = await anOpenCodeWriter(join(bench.home, DATABASE), SESSION, PROMPT)

    const seen: number[] = []
    for (let round = 0; round < 10; round++) {
      await bench.import({ importers })
      seen.push(listTasks(bench.ledger)[0]!.requests)
    }
    const written = await writer.end()
    await bench.import({ importers })

    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen[0]).toBeGreaterThan(4)
    expect(listTasks(bench.ledger)).toMatchObject([{ requests: 4 + written }])
  })

  it('is not written to', async () => {
    await using bench = await withDatabase()
    const before = hashOf(join(bench.home, DATABASE))

    await bench.import({ importers })

    expect(hashOf(join(bench.home, DATABASE))).toBe(before)
  })

  it('gives the same ledger when it is read in two halves as when it is read once', async () => {
    await using whole = await withDatabase()
    await using halved = await aWorkbench()
    using database = await aDatabase(join(halved.home, DATABASE), 'opencode/opencode.sql')
    const later = database.prepare('SELECT * FROM message ORDER BY time_created LIMIT 2 OFFSET 3').all()
    for (const { id } of later) database.prepare('DELETE FROM message WHERE id = ?').run(id as string)
    await halved.import({ importers })
    const insert = database.prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?)')
    for (const row of later) insert.run(...(Object.values(row) as string[]))

    await whole.import({ importers })
    await halved.import({ importers })

    expect(contentsOf(halved.ledger)).toEqual(contentsOf(whole.ledger))
  })

  it('counts as unreadable where it is none, or has other tables', async () => {
    await using bench = await aWorkbench()
    bench.write(DATABASE, 'this is no database, whatever its name says, and it is long enough to be asked')
    bench.write('.local/share/kilo/kilo.db', '')

    const report = await bench.import({ importers })

    expect(report.files).toMatchObject({ found: 2, unreadable: 2 })
  })
})

describe('sessions', () => {
  it('of subagents belong to the task whose call started them', async () => {
    await using bench = await aWorkbench()
    using database = await aDatabase(join(bench.home, DATABASE), 'opencode/opencode.sql')
    addSession(database, 'ses_child', SESSION, 1_795_253_690_000)
    addMessage(database, 'ses_child', 'msg_c1', { role: 'user' })
    addMessage(database, 'ses_child', 'msg_c2', { ...anAnswer(), parentID: 'msg_c1' })
    const state = { status: 'completed', input: {}, metadata: { sessionId: 'ses_child' } }
    addPart(database, 'msg_1fd7545f8001zftP4DTlN1oraU', { type: 'tool', tool: 'task', state })

    await bench.import({ importers })

    const [task, ...others] = listTasks(bench.ledger)
    expect(others).toEqual([])
    expect(task).toMatchObject({ requests: 5, tools: { subagent: 1 } })
  })

  it('that were forked do not raise a total, and their copied prompts are no tasks', async () => {
    await using bench = await withDatabase()
    await bench.import({ importers })
    const before = spend(bench.ledger, { by: [] })
    using database = await aDatabase(
      join(bench.home, '.local/share/opencode/opencode-beta.db'),
      'opencode/opencode.sql',
    )
    // A fork has new ids throughout, and is younger than the messages in it.
    database.exec(`UPDATE message SET id = 'f_' || id, session_id = 'ses_0fork',
      data = replace(data, '"parentID":"', '"parentID":"f_')`)
    database.exec(`UPDATE session SET id = 'ses_0fork', time_created = time_created + 60000`)

    await bench.import({ importers })

    expect(spend(bench.ledger, { by: [] })).toEqual(before)
    expect(listTasks(bench.ledger)).toMatchObject([{ session: SESSION, requests: 4 }])
  })

  it('continue a task over an automatic compaction, and keep one by hand apart', async () => {
    await using bench = await aWorkbench()
    using database = await aDatabase(join(bench.home, DATABASE), 'opencode/opencode.sql')
    addMessage(database, SESSION, 'msg_a1', { role: 'user' }, 1)
    addPart(database, 'msg_a1', { type: 'compaction', auto: true })
    addMessage(database, SESSION, 'msg_a2', { ...anAnswer(), parentID: 'msg_a1', summary: true }, 2)
    addMessage(database, SESSION, 'msg_a3', { role: 'user' }, 3)
    addPart(database, 'msg_a3', { type: 'text', text: 'Continue', synthetic: true })
    addMessage(database, SESSION, 'msg_a4', { ...anAnswer(), parentID: 'msg_a3' }, 4)
    addMessage(database, SESSION, 'msg_m1', { role: 'user' }, 5)
    addPart(database, 'msg_m1', { type: 'compaction', auto: false })
    addMessage(database, SESSION, 'msg_m2', { ...anAnswer(), parentID: 'msg_m1', summary: true }, 6)

    await bench.import({ importers })

    expect(listTasks(bench.ledger)).toMatchObject([{ prompt: PROMPT, requests: 6, compactions: 1 }])
    expect(spend(bench.ledger, { by: [] })).toMatchObject([{ requests: 7 }])
  })

  it('end as their last answer did', async () => {
    await using bench = await aWorkbench()
    using database = await aDatabase(join(bench.home, DATABASE), 'opencode/opencode.sql')
    const aborted = { ...anAnswer(), error: { name: 'MessageAbortedError' }, finish: undefined }
    addMessage(database, SESSION, 'msg_a1', { ...aborted, parentID: PROMPT }, 1)

    await bench.import({ importers })

    expect(listTasks(bench.ledger)).toMatchObject([{ ending: 'interrupted' }])
  })

  it('survive rows that are no JSON, and messages without counts', async () => {
    await using bench = await aWorkbench()
    using database = await aDatabase(join(bench.home, DATABASE), 'opencode/opencode.sql')
    addMessage(database, SESSION, 'msg_x1', { role: 'assistant', parentID: PROMPT, tokens: 'many' })
    addMessage(database, SESSION, 'msg_x2', { role: 'narrator' })
    addMessage(database, SESSION, 'msg_x3', { role: 'user' })
    database.exec(`UPDATE message SET data = '{"role":"user"' WHERE id = 'msg_x3'`)

    const report = await bench.import({ importers })

    expect(report.issues).toEqual({ not_json: 1, unknown_type: 1 })
    expect(listTasks(bench.ledger)).toMatchObject([{ requests: 4 }])
  })
})

describe('the storage before the database', () => {
  it('is read message by message, with drifted fields, and loses no good one', async () => {
    await using bench = await aWorkbench()
    bench.bring('opencode/storage', '.local/share/opencode/storage')

    const report = await bench.import({ importers })

    expect(report.files).toMatchObject({ found: 8, read: 8 })
    expect(listTasks(bench.ledger)).toHaveLength(4)
    expect(spend(bench.ledger, { by: [] })).toMatchObject([
      { requests: 1, tokens: { freshInput: 120, output: 16 } },
    ])
  })

  it('adds nothing to what was moved to the database', async () => {
    await using bench = await withDatabase()
    await bench.import({ importers })
    const before = spend(bench.ledger, { by: [] })
    using database = await aDatabase(join(bench.home, 'moved.db'), 'opencode/opencode.sql')
    for (const { id, session_id, data } of database.prepare('SELECT * FROM message').all()) {
      const message = { ...(JSON.parse(String(data)) as object), id, sessionID: session_id }
      bench.write(
        `.local/share/opencode/storage/message/${SESSION}/${String(id)}.json`,
        JSON.stringify(message),
      )
    }

    await bench.import({ importers })

    expect(spend(bench.ledger, { by: [] })).toEqual(before)
    expect(listTasks(bench.ledger)).toMatchObject([{ requests: 4, tools: { command: 2, edit: 1 } }])
  })
})

async function withDatabase(): Promise<Workbench> {
  const bench = await aWorkbench()
  const database = await aDatabase(join(bench.home, DATABASE), 'opencode/opencode.sql')
  database.close()
  return bench
}

type Database = Awaited<ReturnType<typeof aDatabase>>

const LATER_MS = 1_795_253_700_000

function addSession(database: Database, id: string, parent: string, atMs: number): void {
  database.exec(`INSERT INTO session (id, project_id, parent_id, slug, directory, title, version, time_created, time_updated)
    VALUES ('${id}', 'p', '${parent}', 's', '/x', 't', '1.18.33', ${atMs}, ${atMs})`)
}

/** Messages come a second apart; the place says in which order. */
function addMessage(database: Database, session: string, id: string, data: object, place = 0): void {
  const atMs = LATER_MS + place * 1000
  const timed = { time: { created: atMs, completed: atMs + 500 }, ...data }
  database
    .prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?)')
    .run(id, session, atMs, atMs, JSON.stringify(timed))
}

function addPart(database: Database, messageId: string, data: object): void {
  const session = database.prepare('SELECT session_id FROM message WHERE id = ?').get(messageId)
  database
    .prepare('INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)')
    .run(
      `prt_${messageId}_x`,
      messageId,
      String(session?.['session_id']),
      LATER_MS,
      LATER_MS,
      JSON.stringify(data),
    )
}

function anAnswer(): object {
  const tokens = { input: 10, output: 2, reasoning: 0, cache: { read: 0, write: 0 } }
  return { role: 'assistant', modelID: 'mock-coder', providerID: 'mock', cost: 0.01, tokens, finish: 'stop' }
}

function truthOf(harness: string): Record<string, number> {
  const { sessions } = JSON.parse(readFileSync(fixture('expected.json'), 'utf8'))
  return sessions.find((session: { harness: string }) => session.harness === harness).tokens
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
