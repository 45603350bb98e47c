import fc from 'fast-check'
import { expect, it } from 'vitest'

import { type CommitOutcome, GroupCommit, type GroupOutcome } from './group-commit.ts'

const LIMITS = { maxGroupEvents: 100, maxWaitingEvents: 1000 }

it('commits a lone request at once', async () => {
  const store = aStore()
  const commits = new GroupCommit(store.commitTogether, LIMITS)

  const outcome = commits.commit(request('a'))
  await store.asked(1)
  store.finish()

  expect(await outcome).toEqual({ kind: 'stored', result: 'result of a' })
})

it('commits requests of the same turn together', async () => {
  const store = aStore()
  const commits = new GroupCommit(store.commitTogether, LIMITS)

  void commits.commit(request('a'))
  void commits.commit(request('b'))
  await store.asked(1)

  expect(store.groups).toEqual([['a', 'b']])
})

it('gathers what arrives during a commit for the next one, and gives everybody its own result', async () => {
  const store = aStore()
  const commits = new GroupCommit(store.commitTogether, LIMITS)
  const first = commits.commit(request('a'))
  await store.asked(1)

  const later = ['b', 'c', 'd'].map((name) => commits.commit(request(name)))
  store.finish()
  await store.asked(2)
  store.finish()

  expect(store.groups).toEqual([['a'], ['b', 'c', 'd']])
  expect(await Promise.all([first, ...later])).toEqual(
    ['a', 'b', 'c', 'd'].map((name) => ({ kind: 'stored', result: `result of ${name}` })),
  )
})

it('never has two commits under way', async () => {
  const store = aStore()
  const commits = new GroupCommit(store.commitTogether, LIMITS)
  void commits.commit(request('a'))
  await store.asked(1)

  void commits.commit(request('b'))
  await turns(5)

  expect(store.groups).toEqual([['a']])
})

it('has as many commits under way as the store takes at once, and the rest waits together', async () => {
  const store = aStore()
  const commits = new GroupCommit(store.commitTogether, { ...LIMITS, groupsAtOnce: 2 })
  for (const name of ['a', 'b', 'c', 'd']) {
    void commits.commit(request(name))
    await turns(2)
  }
  const underWay = [...store.groups]

  store.finish()
  await store.asked(3)

  expect(underWay).toEqual([['a'], ['b']])
  expect(store.groups).toEqual([['a'], ['b'], ['c', 'd']])
})

it('starts a further group only when it is worth a commit of its own, and a small one when nothing is under way', async () => {
  const store = aStore()
  const commits = new GroupCommit(store.commitTogether, {
    ...LIMITS,
    groupsAtOnce: 2,
    furtherGroupEvents: 10,
  })
  void commits.commit(request('a', 20))
  await store.asked(1)

  void commits.commit(request('b', 9))
  await turns(5)
  const beforeItIsWorthIt = [...store.groups]
  void commits.commit(request('c', 1))
  await store.asked(2)
  void commits.commit(request('d', 1))
  store.finish()
  await turns(5)
  const whileOneIsUnderWay = [...store.groups]

  expect(beforeItIsWorthIt).toEqual([['a']])
  expect(whileOneIsUnderWay).toEqual([['a'], ['b', 'c']])
})

it('splits what waits by the size of a group, in the order of arrival', async () => {
  const store = aStore()
  const commits = new GroupCommit(store.commitTogether, { ...LIMITS, maxGroupEvents: 10 })

  const sizes = { a: 6, b: 4, c: 1, d: 10, e: 25, f: 1 }
  for (const [name, count] of Object.entries(sizes)) void commits.commit(request(name, count))
  for (let group = 1; group <= 5; group++) {
    await store.asked(group)
    store.finish()
  }
  await commits.drained()

  expect(store.groups).toEqual([['a', 'b'], ['c'], ['d'], ['e'], ['f']])
})

it('turns a request away at once that would have to wait behind too many events', async () => {
  const store = aStore()
  const commits = new GroupCommit(store.commitTogether, { ...LIMITS, maxWaitingEvents: 10 })
  void commits.commit(request('under way', 10))
  await store.asked(1)

  const waits = commits.commit(request('waits', 10))
  const refused = await commits.commit(request('too many', 1))

  expect(refused).toEqual({ kind: 'overloaded' })
  expect(commits.waitingEvents).toBe(10)
  store.finish()
  await store.asked(2)
  store.finish()
  expect(await waits).toMatchObject({ kind: 'stored' })
  expect(store.groups.flat()).not.toContain('too many')
})

it('turns requests away while somebody has waited too long, and takes them again when the queue moves', async () => {
  const store = aStore()
  const clock = { elapsedMs: 0 }
  const commits = new GroupCommit(store.commitTogether, {
    ...LIMITS,
    maxWaitMs: 1000,
    elapsedMs: () => clock.elapsedMs,
  })
  void commits.commit(request('under way'))
  await store.asked(1)
  const waits = commits.commit(request('waits'))

  clock.elapsedMs = 1000
  const wasFull = commits.isFull
  clock.elapsedMs = 1001
  const refused = await commits.commit(request('too late'))
  const isFull = commits.isFull
  store.finish()
  await store.asked(2)
  const isFullAfterwards = commits.isFull
  store.finish()

  expect([wasFull, isFull, isFullAfterwards]).toEqual([false, true, false])
  expect(refused).toEqual({ kind: 'overloaded' })
  expect(await waits).toMatchObject({ kind: 'stored' })
})

it('turns a request away that would wait too long behind others, by what the last transactions took', async () => {
  const store = aStore()
  const clock = { elapsedMs: 0 }
  const commits = new GroupCommit(store.commitTogether, {
    ...LIMITS,
    maxWaitMs: 1000,
    elapsedMs: () => clock.elapsedMs,
  })
  for (let group = 1; group <= 10; group++) {
    const done = commits.commit(request('slow'))
    await store.asked(group)
    clock.elapsedMs += 600
    store.finish()
    await done
  }

  void commits.commit(request('under way', 100))
  await store.asked(11)
  for (const name of ['next', 'after it']) void commits.commit(request(name, 100))
  const refused = await commits.commit(request('too far back', 100))
  for (let group = 11; group <= 13; group++) {
    await store.asked(group)
    store.finish()
  }
  await commits.drained()

  expect(refused).toEqual({ kind: 'overloaded' })
  expect(store.groups.slice(10)).toEqual([['under way'], ['next'], ['after it']])
})

it('has the next group on its way before it does what precedes telling, and tells nobody before that', async () => {
  const store = aStore()
  const commits = new GroupCommit(store.commitTogether, LIMITS)
  const told: string[] = []
  void commits.commit(request('a')).then(() => told.push('a'))
  await store.asked(1)
  void commits.commit(request('b'))
  let before: unknown

  store.finish({
    kind: 'stored',
    requests: ['result of a'],
    beforeTelling: () => (before = { groups: store.groups.length, told: [...told] }),
  })
  await store.asked(2)
  await turns(1)

  expect(before).toEqual({ groups: 2, told: [] })
  expect(told).toEqual(['a'])
})

it('calls a group unavailable when what precedes telling fails by a bug', async () => {
  const store = aStore()
  const commits = new GroupCommit(store.commitTogether, LIMITS)
  const outcome = commits.commit(request('a'))
  await store.asked(1)

  store.finish({
    kind: 'stored',
    requests: ['result of a'],
    beforeTelling: () => {
      throw new Error('a bug')
    },
  })

  expect(await outcome).toEqual({ kind: 'unavailable', cause: 'Error: a bug' })
})

it.each([
  ['answers that it is unavailable', { kind: 'unavailable', cause: 'disk full' } as const, 'disk full'],
  ['fails by a bug', new Error('a bug'), 'Error: a bug'],
])('tells the whole group when the store %s, and commits the next', async (_, failure, cause) => {
  const store = aStore()
  const commits = new GroupCommit(store.commitTogether, LIMITS)
  const failed = [commits.commit(request('a')), commits.commit(request('b'))]
  await store.asked(1)
  store.finish(failure)
  const outcomes = await Promise.all(failed)

  const next = commits.commit(request('c'))
  await store.asked(2)
  store.finish()

  expect(outcomes).toEqual([
    { kind: 'unavailable', cause },
    { kind: 'unavailable', cause },
  ])
  expect(await next).toEqual({ kind: 'stored', result: 'result of c' })
})

it('is drained when nothing waits and nothing is under way', async () => {
  const store = aStore()
  const commits = new GroupCommit(store.commitTogether, LIMITS)
  await commits.drained()
  void commits.commit(request('a'))
  await store.asked(1)
  void commits.commit(request('b'))

  let isDrained = false
  const drained = commits.drained().then(() => (isDrained = true))
  store.finish()
  await store.asked(2)
  const wasDrainedTooEarly = isDrained
  store.finish()
  await drained

  expect(wasDrainedTooEarly).toBe(false)
})

it('commits every accepted request once, in the order of arrival, whatever the timing', async () => {
  const arrivals = fc.array(fc.record({ count: fc.integer({ min: 1, max: 60 }), turnsBefore: fc.nat(3) }), {
    maxLength: 40,
  })
  await fc.assert(
    fc.asyncProperty(
      arrivals,
      fc.array(fc.nat(4)),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 110 }),
      async (requests, delays, groupsAtOnce, furtherGroupEvents) => {
        const committed: string[] = []
        let group = 0
        const commits = new GroupCommit<Request, string>(
          async (together) => {
            committed.push(...together.map(({ name }) => name))
            await turns(delays[group++ % (delays.length || 1)] ?? 0)
            return { kind: 'stored', requests: together.map(({ name }) => name) }
          },
          { maxGroupEvents: 100, maxWaitingEvents: 120, groupsAtOnce, furtherGroupEvents },
        )

        const outcomes: Promise<CommitOutcome<string>>[] = []
        for (const [index, { count, turnsBefore }] of requests.entries()) {
          await turns(turnsBefore)
          outcomes.push(commits.commit(request(String(index), count)))
        }
        await commits.drained()

        const accepted = (await Promise.all(outcomes)).flatMap((outcome) =>
          outcome.kind === 'stored' ? [outcome.result] : [],
        )
        expect(committed).toEqual(accepted)
        expect(commits.waitingEvents).toBe(0)
      },
    ),
    { numRuns: 50 },
  )
})

interface Request {
  readonly name: string
  readonly count: number
}

function request(name: string, count = 1): Request {
  return { name, count }
}

/** A store that finishes a commit when the test says so. */
function aStore() {
  const groups: string[][] = []
  let end: ((outcome: GroupOutcome<string> | Error) => void) | undefined
  return {
    groups,
    async commitTogether(requests: readonly Request[]): Promise<GroupOutcome<string>> {
      groups.push(requests.map(({ name }) => name))
      const outcome = await new Promise<GroupOutcome<string> | Error>((resolve) => {
        end = resolve
      })
      if (outcome instanceof Error) throw outcome
      return outcome
    },
    /** Resolves when the store was asked for that many commits. */
    async asked(times: number): Promise<void> {
      while (groups.length < times) await turns(1)
    },
    finish(outcome?: GroupOutcome<string> | Error): void {
      end?.(outcome ?? { kind: 'stored', requests: groups.at(-1)!.map((name) => `result of ${name}`) })
    },
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
