import { expect, it } from 'vitest'

import { Pace } from './pace.ts'

it('goes on almost at once while the rest of the process is quiet', async () => {
  const { work, sleptMs } = aPace(() => 0.1)

  for (let piece = 0; piece < 10; piece++) await work(100)

  expect(sleptMs()).toBe(10 * 10)
})

it('works 15 % of the time while the rest of the process is at work', async () => {
  const { work, sleptMs } = aPace(() => 1.5)

  for (let piece = 0; piece < 10; piece++) await work(90)

  expect(900 / (900 + sleptMs())).toBeCloseTo(0.15, 6)
})

it('ends a rest as soon as the others are quiet', async () => {
  const { work, sleptMs } = aPace((nowMs) => (nowMs < 3000 ? 1 : 0))

  await work(2000)

  expect(sleptMs()).toBeLessThan(1200)
})

it('rests after a long piece no longer than that asks for, and anew after the next', async () => {
  const { work, sleptMs } = aPace(() => 2)

  await work(3000)
  const afterLong = sleptMs()
  await work(30)

  expect(afterLong).toBeCloseTo(17_000, 6)
  expect(sleptMs() - afterLong).toBeCloseTo(170, 6)
})

it('does not rest for the time that it slept elsewhere', async () => {
  const { pace, sleptMs, pass } = aPace(() => 2)
  pass(60_000)
  pace.begin()

  await pace.rest()

  expect(sleptMs()).toBe(0)
})

it('ends a rest whose sleep is cut short', async () => {
  const pace = new Pace({ nowMs: () => 0, cpuMs: () => 0, sleep: async () => {} })

  await expect(pace.rest()).resolves.toBeUndefined()
})

/** A pace on a clock of its own; the other threads take `othersShare` of a core. */
function aPace(othersShare: (nowMs: number) => number) {
  let [nowMs, cpuMs, sleptMs] = [0, 0, 0]
  const pace = new Pace({
    nowMs: () => nowMs,
    cpuMs: () => cpuMs,
    async sleep(forMs) {
      cpuMs += forMs * othersShare(nowMs)
      nowMs += forMs
      sleptMs += forMs
    },
  })
  return {
    pace,
    pass: (ms: number) => void (nowMs += ms),
    async work(ms: number) {
      nowMs += ms
      await pace.rest()
    },
    sleptMs: () => sleptMs,
  }
}
