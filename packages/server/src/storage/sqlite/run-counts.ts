import type { SqliteDriver } from './driver.ts'

/** What is kept of a new run beside its row. */
export interface CountedRun {
  readonly agentName: string
  readonly jobType: string
  readonly startTimeUs: number
  readonly createdAtUs: number
}

/**
 * Sums up the runs that a transaction creates and writes the sums at its end: a row an agent and job, and one a day on
 * which runs began, rather than one of each for every run.
 */
export interface RunCounter {
  count(run: CountedRun): void
  /** Writes what was counted, inside the caller's transaction. */
  save(): void
  /** Forgets what a rolled-back transaction has counted. */
  forget(): void
}

const DAY_US = 86_400_000_000

/** The UTC day of a start time, in days since 1970. */
export function startDayOf(startTimeUs: number): number {
  return Math.floor(startTimeUs / DAY_US)
}

export function openRunCounter(database: SqliteDriver): RunCounter {
  const addRuns = database.prepare(`INSERT INTO run_counts (agent_name, job_type, runs) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET runs = runs + excluded.runs`)
  const widenDay = database.prepare(`INSERT INTO run_start_days (start_day, first_created_us, last_created_us)
    VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
      first_created_us = min(first_created_us, excluded.first_created_us),
      last_created_us = max(last_created_us, excluded.last_created_us)`)
  const runsOf = new Map<string, Map<string, number>>()
  const createdOn = new Map<number, { firstUs: number; lastUs: number }>()
  const forget = () => {
    runsOf.clear()
    createdOn.clear()
  }

  return {
    count({ agentName, jobType, startTimeUs, createdAtUs }) {
      const ofAgent = runsOf.get(agentName) ?? new Map<string, number>()
      runsOf.set(agentName, ofAgent)
      ofAgent.set(jobType, (ofAgent.get(jobType) ?? 0) + 1)

      const day = startDayOf(startTimeUs)
      const created = createdOn.get(day) ?? { firstUs: createdAtUs, lastUs: createdAtUs }
      createdOn.set(day, created)
      created.firstUs = Math.min(created.firstUs, createdAtUs)
      created.lastUs = Math.max(created.lastUs, createdAtUs)
    },
    save() {
      for (const [agentName, ofAgent] of runsOf) {
        for (const [jobType, runs] of ofAgent) addRuns.run(agentName, jobType, runs)
      }
      for (const [day, { firstUs, lastUs }] of createdOn) widenDay.run(day, firstUs, lastUs)
      forget()
    },
    forget,
  }
}
