import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { SeededRandom } from '../backtest/seeded-random.ts'
import { costPerSuccess, shareInterval } from './intervals.ts'
import { ratioQuantile } from './ratio-histogram.ts'

describe('shareInterval', () => {
  it('is what Wilson computed', () => {
    expect(shareInterval(8, 10)).toEqual({ value: 0.8, low: 0.5408, high: 0.9314 })
    expect(shareInterval(0, 0)).toBeNull()
  })

  it('holds the share and stays within 0 and 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.nat(1e6), (tasks, some) => {
        const { value, low, high } = shareInterval(some % (tasks + 1), tasks)!
        expect(0 <= low && low <= value && value <= high && high <= 1).toBe(true)
      }),
    )
  })
})

describe('costPerSuccess', () => {
  it('is the cost of all tasks by successes, and nothing where there are too few', () => {
    expect(
      costPerSuccess(
        costed([
          [100, true],
          [100, true],
          [300, false],
          [100, true],
          [0, true],
        ]),
      ),
    ).toMatchObject({
      value: 150,
    })
    expect(costPerSuccess(costed([[100, true]]))).toBeNull()
    expect(costPerSuccess(costed(Array.from({ length: 9 }, () => [100, false])))).toBeNull()
  })

  it('is not certain where every task succeeded at one price', () => {
    const { value, low, high } = costPerSuccess(costed(Array.from({ length: 10 }, () => [5000, true])))!

    expect(value).toBe(5000)
    expect(low).toBeLessThan(4900)
    expect(high).toBeGreaterThan(5100)
  })

  it('holds the truth about nine times in ten', () => {
    const random = new SeededRandom(7)
    const truth = (20_000 * Math.exp(0.5)) / 0.7
    let held = 0
    for (let trial = 0; trial < 400; trial++) {
      const tasks = Array.from({ length: 60 }, (): [number, boolean] => [
        Math.round(20_000 * Math.exp(random.normal())),
        random.uniform() < 0.7,
      ])
      const { low, high } = costPerSuccess(costed(tasks))!
      if (low <= truth && truth <= high) held++
    }

    expect(held / 400).toBeGreaterThan(0.82)
    expect(held / 400).toBeLessThan(0.96)
  })
})

describe('ratioQuantile', () => {
  it('lies within the class that holds it', () => {
    const classes = Array.from({ length: 14 }, (_, index) => (index === 7 ? 100 : 0)) // 1 to 1.41

    expect(ratioQuantile(classes, 0.1)).toBeCloseTo(1.04, 2)
    expect(ratioQuantile(classes, 0.5)).toBeCloseTo(1.19, 2)
    expect(ratioQuantile(classes, 0.9)).toBeCloseTo(1.37, 2)
  })

  it('says nothing of four tasks', () => {
    expect(ratioQuantile([4], 0.5)).toBeNull()
  })
})

function costed(tasks: readonly (readonly [cost: number, isSuccess: boolean])[]) {
  const sum = (valueOf: (cost: number, isSuccess: boolean) => number) =>
    tasks.reduce((total, [cost, isSuccess]) => total + valueOf(cost, isSuccess), 0)
  return {
    tasks: tasks.length,
    successes: sum((_, isSuccess) => Number(isSuccess)),
    costUsdMicros: sum((cost) => cost),
    costOfSuccesses: sum((cost, isSuccess) => (isSuccess ? cost : 0)),
    costSquares: sum((cost) => (cost / 100) ** 2),
  }
}
