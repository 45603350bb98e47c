import { describe, expect, it } from 'vitest'

import { table, type Column } from './table.ts'

interface Row {
  readonly name: string
  readonly cost: string
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', value: (row) => row.name },
  { title: 'COST', align: 'right', value: (row) => row.cost },
]

describe('table', () => {
  it('puts words left and numbers right, two blanks apart', () => {
    const rows = [
      { name: 'a', cost: '$1.00' },
      { name: 'long name', cost: '$100.00' },
    ]

    expect(table(columns, rows).split('\n')).toEqual([
      'NAME          COST',
      'a            $1.00',
      'long name  $100.00',
    ])
  })

  it('shows the titles alone where there are no rows', () => {
    expect(table(columns, [])).toBe('NAME  COST')
  })

  it('leaves no blanks at the end of a line', () => {
    const words: readonly Column<Row>[] = [columns[0]!, { title: 'NOTE', value: (row) => row.cost }]

    expect(table(words, [{ name: 'a', cost: '' }])).toBe('NAME  NOTE\na')
  })

  it('makes control characters visible instead of sending them to the terminal', () => {
    const rows = [{ name: '\u001b[2Ja\nb\u009b', cost: '' }]

    expect(table(columns, rows).split('\n')[1]).toBe('\ufffd[2Ja\ufffdb\ufffd')
  })
})
