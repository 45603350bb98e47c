import { describe, expect, it } from 'vitest'
import { quantile } from './quantile.ts'

describe('quantile', () => {
  it('takes the nearest rank whatever the order of the values', () => {
    const values = [5, 1, 4, 2, 3]

    expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 0.999)]).toEqual([1, 3, 5])
  })

  it('is not a number for no values', () => {
    expect(quantile([], 0.5)).toBeNaN()
  })
})
