import type { Session } from './session.ts'

/** What is counted of a new run. */
export interface CountedRun {
  readonly agentName: string
  readonly jobType: string
}

/**
 * Counts the runs that a transaction has created. It is the last thing it does: from here to its commit every other
 * transaction that creates runs of the same agents waits. Rows are taken in order, so that none waits in a circle.
 */
export async function countRuns(session: Session, created: readonly CountedRun[]): Promise<void> {
  if (created.length === 0) return
  await session.run(
    `INSERT INTO run_counts (agent_name, job_type, runs)
     SELECT agent_name, job_type, count(*)
       FROM unnest($1::text[], $2::text[]) AS created (agent_name, job_type)
      GROUP BY agent_name, job_type
      ORDER BY agent_name COLLATE "C", job_type COLLATE "C"
     ON CONFLICT (agent_name, job_type) DO UPDATE SET runs = run_counts.runs + excluded.runs`,
    [created.map(({ agentName }) => agentName), created.map(({ jobType }) => jobType)],
  )
}
