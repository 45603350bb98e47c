import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { paragraph } from './paragraph.ts'

const word = fc.stringMatching(/^[a-z$%.,]{1,20}$/)

describe('paragraph', () => {
  it('keeps every word, in lines of at most 80 characters that could not hold one more', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), (words) => {
        const lines = paragraph([words.join(' ')]).split('\n')

        expect(lines.join(' ')).toBe(words.join(' '))
        for (const [index, line] of lines.entries()) {
          const [next = ''] = (lines[index + 1] ?? '').split(/ (?!%)/)
          expect(line.length).toBeLessThanOrEqual(80)
          if (next !== '') expect(line.length + 1 + next.length).toBeGreaterThan(80)
        }
      }),
    )
  })

  it('stands beside its label', () => {
    const text = paragraph(
      ['One sentence.', 'Another one that is too long for the line that it begins on, so it goes on.'],
      'where from  ',
    )

    expect(text.split('\n')).toEqual([
      'where from  One sentence. Another one that is too long for the line that it',
      '            begins on, so it goes on.',
    ])
  })

  it('leaves a word alone that is wider than the line', () => {
    const path = 'x'.repeat(90)

    expect(paragraph([`see ${path} there`]).split('\n')).toEqual(['see', path, 'there'])
  })
})
