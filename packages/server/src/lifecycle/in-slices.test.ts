import { expect, it } from 'vitest'

import { inSlices } from './in-slices.ts'

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
  let slices = 0

  await inSlices((isSpent) => {
    while (!isSpent());
    slices++
    return false
  })

  expect(slices).toBeGreaterThan(1)
})
