import { describe, expect, it } from 'vitest'

import { PersonalCorrection } from './personal-correction.ts'

describe('PersonalCorrection', () => {
  it('is 1 without experience', () => {
    expect(new PersonalCorrection().factor).toBe(1)
  })

  it('is the median ratio, shrunk towards 1 while there is little of it', () => {
    const correction = new PersonalCorrection()

    for (const actual of [100, 200, 400, 800, 1600]) correction.observe(100, actual)

    expect(correction.factor).toBeCloseTo(4 ** (5 / 10), 10)
  })

  it('takes the middle between two middle ratios', () => {
    const correction = new PersonalCorrection()

    correction.observe(100, 100)
    correction.observe(100, 400)

    expect(correction.factor).toBeCloseTo(2 ** (2 / 7), 10)
  })

  it('forgets all but the latest tasks', () => {
    const correction = new PersonalCorrection(3)

    for (const actual of [1, 1, 1, 200, 200, 200]) correction.observe(100, actual)

    expect(correction.factor).toBeCloseTo(2 ** (3 / 8), 10)
  })

  it('leaves out what has no ratio', () => {
    const correction = new PersonalCorrection()

    for (const [predicted, actual] of [
      [0, 1],
      [1, 0],
      [-1, -1],
      [NaN, 1],
      [1, Infinity],
    ] as const) {
      correction.observe(predicted, actual)
    }

    expect(correction.factor).toBe(1)
  })
})
