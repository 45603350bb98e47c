import type { Backlog } from './delivery/backlog.ts'
import type { Report } from './delivery/error-reporter.ts'
import type { LossReason } from './delivery/ledger.ts'
import type { EventDefaults } from './event-defaults.ts'
import { snapshotEvent } from './event-snapshot.ts'
import { describeProblem, findEventProblems, type TaskCompletionEvent } from './protocol/index.ts'
import { TelemetryError } from './telemetry-error.ts'

export interface EventIntakeParts {
  readonly instanceId: string
  readonly defaults: EventDefaults
  readonly backlog: Backlog
  readonly report: Report
  readonly onTracked: () => void
  readonly onLoss: (reason: LossReason, count: number) => void
}

/** Takes an event into the backlog, or says why not. The returned function never throws, whatever it is given. */
export function eventIntake(parts: EventIntakeParts): (event: TaskCompletionEvent) => boolean {
  const { backlog, defaults } = parts
  const instanceId = parts.instanceId.toLowerCase()

  return (event) => {
    parts.onTracked()
    let snapshot: TaskCompletionEvent
    try {
      snapshot = snapshotEvent(event, defaults)
    } catch (cause) {
      refuse('invalid', new TelemetryError('INVALID_EVENT', `event cannot be read: ${textOf(cause)}`))
      return false
    }

    const problems = findEventProblems(snapshot)
    if (problems.length > 0) {
      const sentence = `event refused: ${problems.map(describeProblem).join('; ')}`
      refuse('invalid', new TelemetryError('INVALID_EVENT', sentence))
      return false
    }
    if (snapshot.instance_id !== instanceId && snapshot.instance_id.toLowerCase() !== instanceId) {
      refuse('foreign_instance', foreignInstance(snapshot.instance_id))
      return false
    }
    backlog.add(snapshot)
    return true
  }

  function refuse(reason: LossReason, error: TelemetryError): void {
    parts.onLoss(reason, 1)
    parts.report(error)
  }
}

function foreignInstance(instanceId: string): TelemetryError {
  return new TelemetryError(
    'INVALID_EVENT',
    `event refused: instance_id: ${instanceId} is not this client's instance`,
    {
      hint: 'Build events with client.eventBuilder.',
    },
  )
}

/** A getter may throw anything, even something that cannot be turned into text. */
function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown)
  } catch {
    return 'it throws when read'
  }
}
