import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Cell } from './cells.ts'
import type { MeasuredFloor } from './measure-floor.ts'
import type { FoldingCosts } from './measure-folding.ts'
import type { RetentionResult } from './measure-retention.ts'
import type { MeasuredServers } from './measure-servers.ts'

export interface MeasuredCell {
  readonly cell: Cell
  readonly floor: MeasuredFloor
  readonly ours: MeasuredServers
}

/** What an event costs that is not told by the cells. */
export interface EventCosts extends FoldingCosts {
  /** In its table with all indexes. */
  readonly bytesPerEvent: number
  readonly walBytesPerEvent: number
}

export interface Results {
  readonly machine: string
  readonly date: string
  readonly cells: readonly MeasuredCell[]
  readonly costs: EventCosts
  readonly retention: RetentionResult | undefined
}

const FILE = fileURLToPath(new URL('../../results/postgres.json', import.meta.url))
const PAGE = fileURLToPath(new URL('../../../../docs/scaling.md', import.meta.url))

export function saveResults(results: Results): void {
  mkdirSync(dirname(FILE), { recursive: true })
  writeFileSync(FILE, `${JSON.stringify(results, undefined, 2)}\n`)
}

export function loadResults(): Results {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Results
}

/** Puts a text in the place that the page has for it, between two comments. */
export function putIntoPage(place: 'measured' | 'reckoned', text: string): void {
  const [begin, end] = [`<!-- ${place} by bench/server/postgres.ts -->`, `<!-- end of what is ${place} -->`]
  const page = readFileSync(PAGE, 'utf8')
  const [before, rest = ''] = page.split(begin)
  const [, after] = rest.split(end)
  if (after === undefined) throw new Error(`docs/scaling.md has no place for what is ${place}`)
  writeFileSync(PAGE, `${before}${begin}\n\n${text}\n${end}${after}`)
}
