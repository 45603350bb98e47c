import fc from 'fast-check'
import { expect, it } from 'vitest'

import { nearestWord } from './nearest-word.ts'

const words = ['planning', 'implementation', 'code_review', 'testing', 'debugging', 'high', 'low']

it.each([
  ['debuging', 'debugging'],
  ['Testing', 'testing'],
  ['hihg', 'high'],
  ['code-review', 'code_review'],
  ['implemntation', 'implementation'],
])('takes %s for %s', (typed, meant) => expect(nearestWord(typed, words)).toBe(meant))

it.each(['elephant', 'x', ''])('finds nothing near %j', (typed) => {
  expect(nearestWord(typed, words)).toBeUndefined()
})

it('finds every word itself, and with any one letter left out', () => {
  fc.assert(
    fc.property(fc.constantFrom(...words), fc.nat(20), (word, at) => {
      const index = at % word.length

      expect(nearestWord(word, words)).toBe(word)
      expect(nearestWord(word.slice(0, index) + word.slice(index + 1), words)).toBe(word)
    }),
  )
})
