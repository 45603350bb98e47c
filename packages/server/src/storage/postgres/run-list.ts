import type { RunQuery, StoredRun } from '../run-store.ts'
import { RUN_COLUMNS } from './run-reads.ts'
import type { Session, SqlValue } from './session.ts'

/**
 * Lists runs, newest first. PostgreSQL knows how many runs an agent or a status has and chooses the index by itself,
 * for the values of each query: the statement is not prepared on purpose.
 */
export async function listRuns(database: Session, query: RunQuery): Promise<readonly StoredRun[]> {
  const params: SqlValue[] = []
  const bind = (value: SqlValue) => `$${params.push(value)}`
  const conditions = conditionsOf(query, bind)
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const rows = await database.all(
    `SELECT ${RUN_COLUMNS} FROM runs ${where}
      ORDER BY created_at_us DESC, run_no DESC LIMIT ${bind(query.limit)} OFFSET ${bind(query.offset)}`,
    params,
  )
  return rows as unknown as readonly StoredRun[]
}

function conditionsOf(query: RunQuery, bind: (value: SqlValue) => string): readonly string[] {
  const conditions: string[] = []
  const add = <Value extends SqlValue>(value: Value | undefined, condition: (param: string) => string) => {
    if (value !== undefined) conditions.push(condition(bind(value)))
  }
  // The beginning of the id leads to the index, the whole id decides.
  add(query.parentRunId, (id) => `left(parent_run_id, 255) = left(${id}, 255) AND parent_run_id = ${id}`)
  add(query.agentName, (name) => `agent_name = ${name}`)
  add(query.jobType, (name) => `job_type = ${name}`)
  add(query.status, (status) => `status = ${status}`)
  add(query.createdBeforeUs, (us) => `created_at_us < ${us}`)
  add(query.createdAfterUs, (us) => `created_at_us > ${us}`)
  add(query.startTimeFromUs, (us) => `start_time_us >= ${us}`)
  add(query.startTimeToUs, (us) => `start_time_us <= ${us}`)
  const { after } = query
  if (after !== undefined) {
    conditions.push(`(created_at_us, run_no) < (${bind(after.createdAtUs)}, ${bind(after.runNo)})`)
  }
  return conditions
}
