import type { FastifyReply } from 'fastify'

import type { CommitOutcome } from '../../ingest/group-commit.ts'
import type { RunWrite, RunWriteResult } from '../../storage/run-store.ts'
import { sendError } from '../error-answer.ts'
import type { RunRequest, RunServices } from './run-services.ts'

type Outcome = CommitOutcome<readonly RunWriteResult[]>
type NotStored = Exclude<Outcome, { kind: 'stored' }>

/** Writes as one request, weighed by the rows they may write. */
export function requestOf(writes: readonly RunWrite[]): RunRequest {
  const rows = writes.reduce((sum, write) => sum + (write.kind === 'timeline' ? write.events.length : 1), 0)
  return { count: rows, writes }
}

/** Carries out one change of a run that must be there, and answers with what `body` makes of it. */
export async function answerChange(
  reply: FastifyReply,
  commits: RunServices['commits'],
  write: RunWrite,
  body: () => object | Promise<object>,
): Promise<FastifyReply> {
  const outcome = await commits.commit(requestOf([write]))
  if (outcome.kind !== 'stored') return answerNotStored(reply, outcome)
  if (outcome.result[0]?.kind === 'unknown_run') {
    return sendError(reply, { code: 'not_found', message: 'there is no run of that event_id' })
  }
  return reply.send(await body())
}

/** Says 503; the cause is for the log. */
export function answerNotStored(reply: FastifyReply, outcome: NotStored): FastifyReply {
  if (outcome.kind === 'overloaded') {
    return sendError(reply, {
      code: 'unavailable',
      message: 'more writes are waiting than can be stored now; try again',
    })
  }
  reply.log.error({ cause: outcome.cause }, 'the store cannot take writes of runs')
  reply.header('retry-after', '5')
  return sendError(reply, {
    code: 'unavailable',
    message: 'the store cannot take writes now; nothing was stored',
  })
}
