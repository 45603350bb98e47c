import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { OverloadResult } from '../../overload/overload-result.ts'
import type { StageTable } from '../../stages/stages.ts'
import type { HalfLoad } from '../measure-latency.ts'
import type { Pair } from '../measure-throughput.ts'

/** What is kept from run to run, so that a part can be measured again without the others. */
export interface IngestResults {
  readonly throughput?: {
    readonly machine: string
    readonly date: string
    readonly rounds: number
    readonly seconds: number
    /** Requests a second that the load generator sends to a server which answers at once, by events in each. */
    readonly ceiling: Readonly<Record<number, number>>
    readonly pairs: readonly Pair[]
  }
  readonly halfLoad?: { readonly machine: string; readonly date: string; readonly cells: readonly HalfLoad[] }
  readonly stages?: {
    readonly machine: string
    readonly date: string
    readonly tables: readonly StageTable[]
  }
  readonly overload?: OverloadResult
}

const FILE = fileURLToPath(new URL('../../../results/ingest.json', import.meta.url))

export function readResults(): IngestResults {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as IngestResults
  } catch {
    return {}
  }
}

/** Replaces one part and keeps the others. */
export function keepResults(part: IngestResults): IngestResults {
  const all = { ...readResults(), ...part }
  mkdirSync(dirname(FILE), { recursive: true })
  writeFileSync(FILE, JSON.stringify(all, null, 1))
  return all
}
