import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { expect, it } from 'vitest'

import { deleteInstance } from '../../packages/server/src/storage/postgres/deletions.ts'
import { openEventAppender } from '../../packages/server/src/storage/postgres/events.ts'
import { openObservations } from '../../packages/server/src/storage/postgres/observations.ts'
import { openDatabase } from '../../packages/server/src/storage/postgres/open-database.ts'
import { openPostgresStore } from '../../packages/server/src/storage/postgres/postgres-store.ts'
import { pruneSome } from '../../packages/server/src/storage/postgres/retention.ts'
import type {
  Database,
  Session,
  SqlValue,
  Statement,
} from '../../packages/server/src/storage/postgres/session.ts'
import { openSettledPositions } from '../../packages/server/src/storage/postgres/settled-positions.ts'
import { openWords } from '../../packages/server/src/storage/postgres/words.ts'
import { rowsOf } from '../../packages/server/src/testing/an-event.ts'
import { createInstance } from '../../packages/server/src/testing/engines.ts'
import { aPostgresDatabase } from '../../packages/server/src/testing/postgres-database.ts'

/**
 * The files that name the events table. `docs/scaling.md` says by what each finds its rows, and what that means for a
 * sharded PostgreSQL: a new one belongs in both.
 */
const FILES = [
  'deletions.ts',
  'events.ts',
  'observations.ts',
  'postgres-store.ts',
  'retention.ts',
  'rollups.ts',
]

const PARTITIONS = 16

it('names the events table in known places only', () => {
  const folder = fileURLToPath(new URL('../../packages/server/src/storage/postgres/', import.meta.url))
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const statement = /\b(INSERT INTO|DELETE FROM|UPDATE|FROM|JOIN|TRUNCATE) events\b/

  const found = files.filter((file) => statement.test(readFileSync(`${folder}${file}`, 'utf8')))

  expect(found).toEqual(FILES)
})

it('touches the partitions of the instances at hand alone, but to read in order, to look for what is old, and to count', async () => {
  const url = await aPostgresDatabase()
  const store = await openPostgresStore(url)
  const senders = [await createInstance(store, 0), await createInstance(store, 1)] as const
  const database = openDatabase(url, { maxConnections: 2, statementTimeoutMs: 10_000 })
  const touched = new Map<string, number>()
  const watched = watching(database, (name, partitions) => touched.set(name, partitions))
  const append = openEventAppender(watched, openWords(database))
  const some = Array.from({ length: 50 }, (_, number) => number)

  await append([rowsOf(senders[0], some), rowsOf(senders[1], some)])
  await append([rowsOf(senders[0], some)]) // known already, so their position is looked up
  await openObservations(watched, openSettledPositions(database))(0, 1000)
  await pruneSome(watched, { target: 'events', beforeMs: Date.now(), from: undefined })
  await append([rowsOf(senders[1], [101, 102])])
  await deleteInstance(watched, senders[1].instanceId, 0)
  await database.close()
  await store.close()

  // Two instances lie in at most two partitions.
  const byKey = ['where repeats are', 'delete what was found', 'delete an instance']
  for (const name of byKey) expect([name, touched.get(name)]).toEqual([name, expect.toSatisfy(isOneOrTwo)])
  expect(touched.get('read in order')).toBe(PARTITIONS)
  expect(touched.get('find what is old')).toBe(PARTITIONS)
})

it('stores an event with its distribution key, in the partition of its instance', async () => {
  const url = await aPostgresDatabase()
  const store = await openPostgresStore(url)
  const sender = await createInstance(store, 0)
  const database = openDatabase(url, { maxConnections: 1, statementTimeoutMs: 10_000 })

  await openEventAppender(database, openWords(database))([rowsOf(sender, [1, 2, 3])])

  const rows = await database.all('SELECT DISTINCT tableoid::regclass::text AS partition FROM events')
  expect(rows).toHaveLength(1)
  await database.close()
  await store.close()
})

function isOneOrTwo(partitions: number): boolean {
  return partitions === 1 || partitions === 2
}

/** What a statement is called here, by words that are in no other one. */
const NAMES: readonly (readonly [words: RegExp, name: string])[] = [
  [/SELECT max\(position\) AS position FROM events/, 'where repeats are'],
  [/ORDER BY position LIMIT/, 'read in order'],
  [/SELECT instance_no, event_id, received_at_ms FROM events/, 'find what is old'],
  [/DELETE FROM events USING unnest/, 'delete what was found'],
  [/DELETE FROM events WHERE instance_no = /, 'delete an instance'],
]

/** Runs each statement once more than it is asked to, in a transaction that comes to nothing, to see what it touches. */
function watching(database: Database, onTouched: (name: string, partitions: number) => void): Database {
  const look = async (statement: Statement, params: readonly SqlValue[] = []) => {
    const text = typeof statement === 'string' ? statement : statement.text
    const name = NAMES.find(([words]) => words.test(text))?.[1]
    if (name === undefined) return
    const plan = await explain(database, text, params)
    onTouched(name, new Set(touchedIn(plan)).size)
  }
  const within = (session: Session): Session => ({
    all: async (statement, params) => (await look(statement, params), session.all(statement, params)),
    get: async (statement, params) => (await look(statement, params), session.get(statement, params)),
    run: async (statement, params) => (await look(statement, params), session.run(statement, params)),
  })
  return {
    ...within(database),
    transaction: (work) => database.transaction((session) => work(within(session))),
    readTransaction: (work) => database.readTransaction((session) => work(within(session))),
    connectionsMade: database.connectionsMade,
    close: () => database.close(),
  }
}

interface PlanNode {
  readonly 'Relation Name'?: string
  readonly 'Actual Loops'?: number
  readonly Plans?: readonly PlanNode[]
}

async function explain(database: Database, text: string, params: readonly SqlValue[]): Promise<PlanNode> {
  const plans: PlanNode[] = []
  await database
    .transaction(async (session) => {
      const row = await session.get(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, params)
      plans.push(...planIn(row?.['QUERY PLAN']))
      throw new Error('it was only to be explained')
    })
    .catch((error: Error) => {
      if (plans.length === 0) throw error
    })
  return plans[0] as PlanNode
}

function planIn(explained: unknown): readonly PlanNode[] {
  return (explained as readonly { readonly Plan: PlanNode }[]).map(({ Plan }) => Plan)
}

/** The partitions that were looked into, once for each time. */
function touchedIn(node: PlanNode): readonly string[] {
  const own = node['Relation Name'] ?? ''
  const isTouched = /^events_\d\d$/.test(own) && (node['Actual Loops'] ?? 0) > 0
  return [...(isTouched ? [own] : []), ...(node.Plans ?? []).flatMap(touchedIn)]
}
