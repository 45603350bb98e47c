import { expect, it } from 'vitest'

import { BusyTime } from './busy-time.ts'

it('counts the time in which anything is under way, once', async () => {
  let nowMs = 100
  const busy = new BusyTime(() => nowMs)
  const finish: (() => void)[] = []
  const begin = () => busy.during(() => new Promise<void>((resolve) => void finish.push(resolve)))

  const first = begin()
  nowMs += 10
  const second = begin()
  nowMs += 5
  finish[0]?.()
  await first
  nowMs += 3
  const whileUnderWay = busy.busyMs
  finish[1]?.()
  await second
  nowMs += 1000

  expect([whileUnderWay, busy.busyMs]).toEqual([18, 18])
})

it('counts what fails, and lets it fail', async () => {
  let nowMs = 0
  const busy = new BusyTime(() => nowMs)

  const failing = busy.during(async () => {
    nowMs += 7
    throw new Error('no space')
  })

  await expect(failing).rejects.toThrow('no space')
  expect(busy.busyMs).toBe(7)
})
