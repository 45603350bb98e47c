import { describe, expect, it } from 'vitest'
import { MemoryChoice } from './memory-choice.ts'

describe('MemoryChoice', () => {
  it('prefers the longest memory while nothing is known, and on a tie', () => {
    expect(choiceOf([]).best()).toBe(0)
    expect(choiceOf([[1, 1, 1]]).best()).toBe(0)
    expect(choiceOf([[1, 0.998, 0.998]]).best()).toBe(0)
  })

  it('turns to a shorter memory that is clearly better', () => {
    expect(choiceOf([[1, 0.9, 0.95]]).best()).toBe(1)
    expect(choiceOf([[1, 0.9, 0.8]]).best()).toBe(2)
  })

  it('forgets what lies outside of its window', () => {
    const choice = choiceOf([])
    for (let task = 0; task < 3000; task++) choice.add(task % 40, [1, 1, 0.1])
    for (let task = 0; task < 3000; task++) choice.add(task % 40, [0.1, 1, 1])

    expect(choice.best()).toBe(0)
  })

  it('is not decided by a flood', () => {
    const choice = new MemoryChoice()
    for (let task = 0; task < 2000; task++) {
      choice.add(task % 40, [0.5, 0.6, 0.6])
      for (let copy = 0; copy < 9; copy++) choice.add(99, [1, 1, 0.1])
    }

    expect(choice.best()).toBe(0)
  })
})

function choiceOf(losses: readonly (readonly number[])[]): MemoryChoice {
  const choice = new MemoryChoice()
  for (const [instance, own] of losses.entries()) choice.add(instance, own)
  return choice
}
