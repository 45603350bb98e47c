import {
  describeProblem,
  findEventProblems,
  isUuid,
  type FieldProblem,
  type RejectedEvent,
  type TaskCompletionEvent,
} from '@mosaicstack/telemetry-client/protocol'

import type { Intake, Refusal, Step } from './intake.ts'

/** What happens to a request before the store, in order. What refuses a whole request comes first. */
export function intakeSteps(newEventId: () => string): readonly (readonly [name: string, step: Step])[] {
  return [
    ['instance', refuseForeignInstance],
    ['events', (intake) => takeValid(intake, newEventId)],
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

/** Validates and flattens. One bad event never costs the others. */
function takeValid(intake: Intake, newEventId: () => string): undefined {
  const { events, fates, flattener } = intake
  for (const event of events) {
    fates.push(flattener.addIfPlain(event) ? event.event_id : takeWithCare(event, intake, newEventId))
  }
}

/** An event with something missing, wrong or merely unusual. */
function takeWithCare(
  event: unknown,
  { instanceId, receivedAtMs, flattener }: Intake,
  newEventId: () => string,
): string | RejectedEvent {
  const problems = findEventProblems(event, receivedAtMs)
  if (problems.length > 0) return rejected(event, problems)

  const valid = event as TaskCompletionEvent
  const eventId = valid.event_id?.toLowerCase() ?? newEventId()
  flattener.add({ ...valid, instance_id: instanceId, event_id: eventId })
  return eventId
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
