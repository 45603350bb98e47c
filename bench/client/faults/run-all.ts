import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Adapter } from '../adapters/adapter.ts'
import type { FaultRow } from './fault-row.ts'
import type { FaultOutcome } from './run-row.ts'

/** Rows that mostly wait run side by side; more would make the processes wait for a core instead. */
const SIDE_BY_SIDE = 8

interface Job {
  readonly adapter: Adapter
  readonly row: FaultRow
}

/** Every row with every SDK, in the order of the tables. `settle` sees each result as it comes. */
export async function runAll(
  adapters: readonly Adapter[],
  rows: readonly FaultRow[],
  settle: (outcome: FaultOutcome) => void,
  runJob: (adapter: Adapter, row: FaultRow, stateDir: string) => Promise<FaultOutcome>,
): Promise<FaultOutcome[]> {
  const jobs = rows.flatMap((row) =>
    adapters
      .filter((adapter) => !row.needsPartialAnswer || adapter.partlyAccepted !== undefined)
      .map((adapter) => ({ adapter, row })),
  )
  const outcomes = new Map<Job, FaultOutcome>()
  const runAndKeep = async (job: Job): Promise<void> => {
    const outcome = await withTempDir((stateDir) => runJob(job.adapter, job.row, stateDir))
    outcomes.set(job, outcome)
    settle(outcome)
  }

  const together = jobs.filter(({ row }) => !row.runsAlone).sort((a, b) => b.row.faultMs - a.row.faultMs)
  await runPool(together, SIDE_BY_SIDE, runAndKeep)
  await runPool(
    jobs.filter(({ row }) => row.runsAlone),
    1,
    runAndKeep,
  )
  return jobs.flatMap((job) => outcomes.get(job) ?? [])
}

async function runPool(jobs: readonly Job[], width: number, run: (job: Job) => Promise<void>): Promise<void> {
  const waiting = [...jobs]
  const worker = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await run(job)
  }
  await Promise.all(Array.from({ length: width }, worker))
}

/** Gives `use` an empty directory and removes it afterwards. */
export async function withTempDir<Result>(use: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'client-bench-'))
  try {
    return await use(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
