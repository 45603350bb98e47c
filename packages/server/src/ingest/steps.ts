import {
  describeProblem,
  findEventProblems,
  isUuid,
  SCHEMA_VERSION,
  type FieldProblem,
  type RejectedEvent,
  type TaskCompletionEvent,
} from '@mosaicstack/telemetry-client/protocol'

import type { Intake, Refusal, Step } from './intake.ts'

/** What happens to a request before the store, in order. What refuses a whole request comes first. */
export function intakeSteps(newEventId: () => string): readonly (readonly [name: string, step: Step])[] {
  return [
    ['instance', refuseForeignInstance],
    ['fields', rejectInvalid],
    ['defaults', (intake) => putDefaults(intake, newEventId)],
  ]
}

/** A key speaks for one instance. An event that names another costs the whole request: the set-up is wrong. */
function refuseForeignInstance({ events, instanceId }: Intake): Refusal | undefined {
  const details = []
  for (const [index, event] of events.entries()) {
    const named = (event as { instance_id?: unknown } | null)?.instance_id
    if (named === instanceId || !isUuid(named) || named.toLowerCase() === instanceId) continue
    details.push({ path: `events.${index}.instance_id`, message: 'is not the instance of this API key' })
  }
  if (details.length === 0) return undefined
  return {
    code: 'instance_mismatch',
    message: 'the API key belongs to another instance; nothing was stored',
    details,
  }
}

/** One bad event never costs the others. */
function rejectInvalid({ events, results, receivedAtMs }: Intake): undefined {
  for (const [index, event] of events.entries()) {
    const problems = findEventProblems(event, receivedAtMs)
    if (problems.length > 0) results[index] = rejected(event, problems)
  }
}

function putDefaults(intake: Intake, newEventId: () => string): undefined {
  for (const [index, event] of intake.events.entries()) {
    if (intake.results[index] !== undefined) continue
    const valid = event as TaskCompletionEvent
    intake.storable[index] = {
      ...valid,
      schema_version: SCHEMA_VERSION,
      instance_id: intake.instanceId,
      event_id: valid.event_id?.toLowerCase() ?? newEventId(),
    }
  }
}

function rejected(event: unknown, problems: readonly FieldProblem[]): RejectedEvent {
  const eventId = (event as { event_id?: unknown } | null)?.event_id
  return {
    event_id: isUuid(eventId) ? eventId.toLowerCase() : null,
    status: 'rejected',
    error: problems.map(describeProblem).join('; '),
    code: problems.find((problem) => problem.code === 'unsupported_schema')?.code ?? 'invalid',
  }
}
