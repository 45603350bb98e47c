import { expect, it } from 'vitest'

import { keepRollups } from './keep-rollups.ts'
import { LiveHints } from './live-hints.ts'

it('takes a quarter of the time of a store that nobody else writes to', async () => {
  const store = aStore({ commitsUse: 0 })

  await manyTurns(store, 20)

  expect(store.workedMs / store.turnMs).toBeCloseTo(0.25, 1)
})

it('takes a tenth while commits use all the time, and goes on', async () => {
  const store = aStore({ commitsUse: 1 })

  await manyTurns(store, 20)

  expect(store.workedMs / store.turnMs).toBeGreaterThan(0.08)
  expect(store.workedMs / store.turnMs).toBeLessThan(0.12)
})

it('ends its turn when there is nothing more to add', async () => {
  const store = aStore({ commitsUse: 0, events: 10_000 })

  await manyTurns(store, 1)

  expect(store.folds).toBe(3)
})

it('ends a long turn when the server stops', async () => {
  const store = aStore({ commitsUse: 1 })
  const chore = store.chore()
  store.onFold = () => chore.hurry?.()

  await chore.work()

  expect(store.folds).toBe(1)
})

/** A store whose clock goes on as it works and rests; a fold takes it 5 ms. */
function aStore({ commitsUse, events = Infinity }: { commitsUse: number; events?: number }) {
  let nowMs = 0
  let busyMs = 0
  let left = events
  const store = {
    folds: 0,
    workedMs: 0,
    turnMs: 0,
    onFold: () => {},
    chore() {
      const engine = 'sqlite' as const
      return keepRollups({ engine, foldRollups, rollupState: notAsked }, new LiveHints(), {
        commitBusyMs: () => busyMs,
        nowMs: () => nowMs,
        sleep,
      })
    },
    pass(ms: number) {
      nowMs += ms
      busyMs += ms * commitsUse
    },
    nowMs: () => nowMs,
  }
  return store

  async function foldRollups(maxEvents: number) {
    const folded = Math.min(left, maxEvents)
    left -= folded
    store.folds++
    store.workedMs += 5
    nowMs += 5
    store.onFold()
    return { events: folded, workMs: 5 }
  }

  async function sleep(ms: number) {
    store.pass(ms)
  }
}

function notAsked(): Promise<never> {
  return Promise.reject(new Error('nobody listens'))
}

/** Counts the time of the turns alone, without the pauses between them. */
async function manyTurns(store: ReturnType<typeof aStore>, turns: number): Promise<void> {
  const chore = store.chore()
  for (let turn = 0; turn < turns; turn++) {
    const startedMs = store.nowMs()
    await chore.work()
    store.turnMs += store.nowMs() - startedMs
    store.pass(chore.pauseMs)
  }
}
