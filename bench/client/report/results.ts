import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { CostSummary } from '../cost/cost-summary.ts'
import type { FaultOutcome } from '../faults/run-row.ts'
import { writeDocument } from './document.ts'
import type { Machine } from './machine.ts'

export interface FaultResults {
  readonly machine: Machine
  readonly outcomes: readonly FaultOutcome[]
}

export interface CostResults {
  readonly machine: Machine
  readonly rounds: number
  readonly events: number
  /** Milliseconds of the same arithmetic before every round. */
  readonly spinMs: readonly number[]
  readonly sdks: readonly CostSummary[]
}

export interface Results {
  readonly cost?: CostResults
  readonly faults?: FaultResults
  /** Ours with the real server behind the mock one. */
  readonly real?: FaultResults
}

const KEPT = {
  cost: 'results/cost.json',
  faults: 'results/faults.json',
  'faults-real': 'results/faults-real.json',
} as const

const projectDir = new URL('../../', import.meta.url)

/** Keeps one program's results and writes the document from both. */
export async function writeResults(program: 'cost', results: CostResults): Promise<void>
export async function writeResults(program: 'faults' | 'faults-real', results: FaultResults): Promise<void>
export async function writeResults(program: keyof typeof KEPT, results: unknown): Promise<void> {
  await mkdir(new URL('results/', projectDir), { recursive: true })
  await writeFile(new URL(KEPT[program], projectDir), JSON.stringify(results, null, 2) + '\n')
  const [cost, faults, real] = await Promise.all([
    read<CostResults>(KEPT.cost),
    read<FaultResults>(KEPT.faults),
    read<FaultResults>(KEPT['faults-real']),
  ])
  const file = fileURLToPath(new URL('../../docs/client-benchmarks.md', projectDir))
  await writeDocument(file, {
    ...(cost && { cost }),
    ...(faults && { faults }),
    ...(real && { real }),
  })
}

async function read<Kept>(file: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(new URL(file, projectDir), 'utf8')) as Kept
  } catch {
    return undefined // not measured yet
  }
}
