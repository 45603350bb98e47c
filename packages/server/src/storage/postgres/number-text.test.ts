import fc from 'fast-check'
import { expect, it } from 'vitest'

import { numbersIn } from './number-text.ts'

it('finds the numbers of any text of them', () => {
  const number = fc.oneof(fc.nat(), fc.maxSafeNat())
  fc.assert(
    fc.property(fc.array(number), (numbers) => {
      const found = numbersIn(numbers.join(' '))

      expect(found).toEqual(numbers)
    }),
  )
})
