import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Adapter } from '../adapters/adapter.ts'
import type { FaultRow } from './fault-row.ts'
import type { World } from './live.ts'
import { runRow, type FaultOutcome } from './run-row.ts'

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
  openWorld: (adapter: Adapter) => Promise<Omit<World, 'stateDir'>> = async () => ({}),
): Promise<FaultOutcome[]> {
  const jobs = rows.flatMap((row) =>
    adapters
      .filter((adapter) => !row.needsPartialAnswer || adapter.partlyAccepted !== undefined)
      .map((adapter) => ({ adapter, row })),
  )
  const outcomes = new Map<Job, FaultOutcome>()
  const runJob = async (job: Job): Promise<void> => {
    const outcome = await withStateDir(async (stateDir) =>
      runRow(job.adapter, job.row, { stateDir, ...(await openWorld(job.adapter)) }),
    )
    outcomes.set(job, outcome)
    settle(outcome)
  }

  const together = jobs.filter(({ row }) => !row.runsAlone).sort((a, b) => b.row.faultMs - a.row.faultMs)
  await runPool(together, SIDE_BY_SIDE, runJob)
  await runPool(
    jobs.filter(({ row }) => row.runsAlone),
    1,
    runJob,
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

async function withStateDir<Result>(use: (stateDir: string) => Promise<Result>): Promise<Result> {
  const stateDir = await mkdtemp(join(tmpdir(), 'client-bench-'))
  try {
    return await use(stateDir)
  } finally {
    await rm(stateDir, { recursive: true, force: true })
  }
}
