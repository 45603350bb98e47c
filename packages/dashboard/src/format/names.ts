import type { DashboardDimension } from '@mosaicstack/telemetry-client/protocol'

/** Control and direction characters: they could hide a name, or turn round the text beside it. */
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what it looks for
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

/** A name somebody sent, harmless beside other text. It is shown as text only, whatever is in it. */
export function plainName(name: string): string {
  const plain = name.replace(INVISIBLE, '\u{fffd}')
  return plain.trim() === '' ? '(empty)' : plain
}

/** A name of at most so many characters, its middle left out: the ends of model names tell them apart. */
export function shortName(name: string, maxLength: number): string {
  const characters = [...plainName(name)]
  if (characters.length <= maxLength) return characters.join('')
  const head = Math.ceil((maxLength - 1) * 0.6)
  const tail = maxLength - 1 - head
  return `${characters.slice(0, head).join('')}…${characters.slice(-tail).join('')}`
}

/** What a member of a dimension is called; null is everything that is not named by itself. */
export function memberName(dimension: DashboardDimension, key: string | null): string {
  if (key === null) return 'all others'
  return dimension === 'model' ? plainName(key) : words(key)
}

export const dimensionNames: Readonly<Record<DashboardDimension, string>> = {
  model: 'Model',
  provider: 'Provider',
  harness: 'Harness',
  task_type: 'Task type',
  complexity: 'Complexity',
}

/** An enumeration's value as words: `code_review` is `code review`. */
export function words(value: string): string {
  return plainName(value).replaceAll('_', ' ')
}
