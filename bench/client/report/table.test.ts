import { describe, expect, it } from 'vitest'
import { renderMarkdown, renderText } from './table.ts'

const table = { title: 'Lost', columns: ['', 'a', 'long'], rows: [['server down', '12', '0']] }

describe('a table', () => {
  it('is aligned on a terminal, names to the left and figures to the right', () => {
    const text = renderText(table)

    expect(text).toBe('Lost\n              a  long\nserver down  12     0\n')
  })

  it('has a rule of the same width as Markdown', () => {
    const text = renderMarkdown(table)

    expect(text).toBe('### Lost\n\n|  | a | long |\n| --- | --: | --: |\n| server down | 12 | 0 |\n')
  })
})
