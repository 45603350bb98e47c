import { expect, it } from 'vitest'

import { inSlices, type SlicedThread } from './in-slices.ts'

it('goes on until the work is done, and lets others have their turn in between', async () => {
  let steps = 0
  let turnsOfOthers = 0
  const others = setInterval(() => turnsOfOthers++, 0)

  await inSlices((isSpent) => {
    while (!isSpent()) if (++steps >= 200_000) return true
    return false
  })
  clearInterval(others)

  expect(steps).toBe(200_000)
  expect(turnsOfOthers).toBeGreaterThan(0)
})

it('ends after a while although the work does not', async () => {
  const thread = aThread({ othersUse: 0 })
  let slices = 0

  await inSlices(
    endlessWork(thread, () => slices++),
    { thread, turnMs: 1000 },
  )

  expect(slices).toBe(100)
})

it('takes a fifth of an idle thread', async () => {
  const thread = aThread({ othersUse: 0 })

  await inSlices(endlessWork(thread), { thread, turnMs: 60_000 })

  expect(thread.workedMs / thread.nowMs()).toBeCloseTo(0.2, 2)
})

it('takes three hundredths of a thread that has no time to spare, and goes on', async () => {
  const thread = aThread({ othersUse: 1 })

  await inSlices(endlessWork(thread), { thread, turnMs: 60_000 })

  expect(thread.workedMs / thread.nowMs()).toBeCloseTo(0.03, 2)
})

it('takes what it may again as soon as others leave it', async () => {
  const thread = aThread({ othersUse: 1 })
  const work = endlessWork(thread)
  await inSlices(work, { thread, turnMs: 5_000 })
  const busyMs = thread.nowMs()
  const workedMs = thread.workedMs

  thread.othersUse = 0
  await inSlices(work, { thread, turnMs: 5_000 })

  expect((thread.workedMs - workedMs) / (thread.nowMs() - busyMs)).toBeGreaterThan(0.18)
})

interface TestThread extends SlicedThread {
  /** The part of every rest that others use. */
  othersUse: number
  workedMs: number
  work(ms: number): void
}

/** A thread with a clock of its own. */
function aThread({ othersUse }: { readonly othersUse: number }): TestThread {
  let nowMs = 0
  let activeMs = 0
  return {
    othersUse,
    workedMs: 0,
    nowMs: () => nowMs,
    activeMs: () => activeMs,
    async sleep(ms) {
      nowMs += ms
      activeMs += ms * this.othersUse
    },
    work(ms) {
      nowMs += ms
      activeMs += ms
      this.workedMs += ms
    },
  }
}

function endlessWork(thread: TestThread, onSlice = () => {}) {
  return (isSpent: () => boolean) => {
    onSlice()
    while (!isSpent()) thread.work(0.1)
    return false
  }
}
