import { expect, it } from 'vitest'

import { rowsOf } from '../../testing/an-event.ts'
import type { EventRows } from '../event-rows.ts'
import type { AppendedGroup } from './events.ts'
import { JoinedAppends } from './joined-appends.ts'

const OPTIONS = { maxAtOnce: 2, enoughRows: 10 }

it('sends a lone row at once', () => {
  const { sent, joined } = aDatabase()

  void joined.append([rowsWith(1)])

  expect(sent()).toEqual([1])
})

it('keeps what is too little for a statement of its own until one has ended, and sends it together', async () => {
  const { sent, end, joined } = aDatabase()
  void joined.append([rowsWith(1)])
  void joined.append([rowsWith(2)])
  void joined.append([rowsWith(3)])

  const before = sent()
  await end(0)

  expect([before, sent()]).toEqual([[1], [1, 5]])
})

it('sends what is enough beside a statement under way, up to as many as may be', () => {
  const { sent, joined } = aDatabase()
  void joined.append([rowsWith(1)])
  void joined.append([rowsWith(6)])
  void joined.append([rowsWith(4)])

  void joined.append([rowsWith(20)])

  expect(sent()).toEqual([1, 10])
})

it('waits for those who were just told, because they bring what waited behind them', async () => {
  const { sent, end, joined } = aDatabase()
  const told = joined.append([rowsWith(1)]).then(() => void joined.append([rowsWith(4)]))
  void joined.append([rowsWith(3)])

  await end(0)
  await told

  expect(sent()).toEqual([1, 7])
})

it('tells each group what became of its own requests', async () => {
  const { end, joined } = aDatabase()
  void joined.append([rowsWith(1)])
  const two = joined.append([rowsWith(2), rowsWith(1)])
  const one = joined.append([rowsWith(3)])
  await end(0)

  await end(1)

  expect(await two).toEqual({ requests: [Uint8Array.of(1, 1), Uint8Array.of(1)], position: 6 })
  expect(await one).toEqual({ requests: [Uint8Array.of(1, 1, 1)], position: 6 })
})

it('fails all groups of a statement that has failed, and goes on', async () => {
  const { sent, fail, joined } = aDatabase()
  const failed = [joined.append([rowsWith(1)])]
  failed.push(joined.append([rowsWith(2)]), joined.append([rowsWith(3)]))
  const outcomes = Promise.allSettled(failed)

  await fail(0)
  await fail(1)
  void joined.append([rowsWith(4)])

  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(sent()).toEqual([1, 5, 4])
})

/** A database that answers when the test says so. */
function aDatabase() {
  const statements: {
    rows: number
    resolve: (group: AppendedGroup) => void
    reject: (error: Error) => void
  }[] = []
  const groups: (readonly EventRows[])[] = []
  const joined = new JoinedAppends((requests) => {
    groups.push(requests)
    const rows = requests.reduce((sum, { count }) => sum + count, 0)
    return new Promise((resolve, reject) => void statements.push({ rows, resolve, reject }))
  }, OPTIONS)
  return {
    joined,
    sent: () => statements.map(({ rows }) => rows),
    async end(statement: number) {
      const { rows, resolve } = statements[statement]!
      resolve({
        requests: groups[statement]!.map(({ count }) => new Uint8Array(count).fill(1)),
        position: rows,
      })
      await aTurn()
    },
    async fail(statement: number) {
      statements[statement]!.reject(new Error('the database is away'))
      await aTurn()
    },
  }
}

function aTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}

function rowsWith(count: number): EventRows {
  const numbers = Array.from({ length: count }, (_, index) => index)
  return rowsOf({ instanceId: '00000000-0000-4000-8000-000000000000', instanceNo: 1 }, numbers)
}
