import type { AmountWords, PredictionWords } from '@mosaicstack/telemetry-client/describe'
import type { PredictionQuery } from '@mosaicstack/telemetry-client/protocol'

import { paragraph } from './paragraph.ts'
import { table } from './table.ts'
import { terminal } from './terminal.ts'

/** A prediction on 80 columns: the range first, the median second, then where it comes from and how sure it is. */
export function showPrediction(query: PredictionQuery, words: PredictionWords): string {
  const { complexity, model, provider, task_type: type } = query
  return [
    terminal.bold(`${type}, ${complexity}, ${model} (${provider})`),
    '',
    amounts(words.amounts),
    '',
    paragraph(words.outcome),
    ...[...words.budgets, ...words.estimates].map((sentence) => paragraph([sentence])),
    '',
    paragraph(words.origin, 'Where from:  '),
    paragraph(words.certainty, 'How sure:    '),
  ].join('\n')
}

function amounts(rows: readonly AmountWords[]): string {
  return table<AmountWords>(
    [
      { title: '', value: ({ what }) => what },
      { title: '8 of 10 tasks', align: 'right', value: ({ range }) => range ?? '' },
      { title: 'half below', align: 'right', value: ({ median }) => median },
    ],
    rows,
  )
}
