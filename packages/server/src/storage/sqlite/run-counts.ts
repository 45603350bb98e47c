import type { SqliteDriver } from './driver.ts'

/** Counts the runs that a transaction creates and adds them up at its end: one row an agent and job, not one a run. */
export interface RunCounter {
  count(agentName: string, jobType: string): void
  /** Writes what was counted, inside the caller's transaction. */
  save(): void
  /** Forgets what a rolled-back transaction has counted. */
  forget(): void
}

export function openRunCounter(database: SqliteDriver): RunCounter {
  const add = database.prepare(`INSERT INTO run_counts (agent_name, job_type, runs) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET runs = runs + excluded.runs`)
  const counted = new Map<string, Map<string, number>>()

  return {
    count(agentName, jobType) {
      const ofAgent = counted.get(agentName) ?? new Map<string, number>()
      counted.set(agentName, ofAgent)
      ofAgent.set(jobType, (ofAgent.get(jobType) ?? 0) + 1)
    },
    save() {
      for (const [agentName, ofAgent] of counted) {
        for (const [jobType, runs] of ofAgent) add.run(agentName, jobType, runs)
      }
      counted.clear()
    },
    forget: () => counted.clear(),
  }
}
