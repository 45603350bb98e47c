import type { BatchRoute } from '../delivery/fetch-transport.ts'
import { type Batch, type BatchReport, type Delivery, type Fate, WAITING } from '../delivery/transport.ts'
import { TelemetryError } from '../telemetry-error.ts'
import { commitRoute, runsRoute, timelineRoute } from './run-routes.ts'
import { readRunWrite, type RunWrite } from './run-write.ts'

const NOT_FOUND = 404

/**
 * Sends mixed writes in their order, as consecutive requests: neighbouring runs together, neighbouring timeline
 * entries of one run together, commits one by one. The first setback ends it, so that nothing overtakes.
 *
 * A commit or timeline entry whose run the server does not know (404) makes the run known first: its own record may
 * still wait in another process's care, and is merged when it comes. What is not found even then is refused, since it
 * would hold up everything behind it.
 */
export function runDelivery(deliveryOn: (route: BatchRoute) => Delivery): Delivery {
  const runs = deliveryOn(runsRoute)

  return {
    async deliver(batch, signal) {
      const fates: Fate[] = []
      for (const group of groupsOf(batch)) {
        const report = await deliverGroup(group, signal)
        fates.push(...report.fates)
        if (report.setback === undefined) continue
        while (fates.length < batch.length) fates.push(WAITING)
        return { fates, setback: report.setback }
      }
      return { fates, setback: undefined }
    },
  }

  async function deliverGroup(group: Group, signal: AbortSignal): Promise<BatchReport> {
    const { records } = group
    if (group.write.kind === 'run') return runs.deliver(records, signal)

    const delivery = deliveryOn(routeOf(group.write))
    const report = await delivery.deliver(records, signal)
    if (!isUnknownRun(report)) return report

    const introduced = await runs.deliver(records.slice(0, 1), signal)
    if (introduced.setback !== undefined) {
      return { fates: records.map(() => WAITING), setback: introduced.setback }
    }
    const second = await delivery.deliver(records, signal)
    return isUnknownRun(second) ? refuseAll(second) : second
  }
}

/** Neighbouring records that go in one request. */
interface Group {
  readonly records: string[]
  /** The first of them. */
  readonly write: RunWrite
}

function groupsOf(batch: Batch): readonly Group[] {
  const groups: Group[] = []
  for (const record of batch) {
    const write = readRunWrite(record)
    const last = groups.at(-1)
    if (last !== undefined && goTogether(last.write, write)) last.records.push(record)
    else groups.push({ records: [record], write })
  }
  return groups
}

function goTogether(a: RunWrite, b: RunWrite): boolean {
  if (a.kind !== b.kind || a.kind === 'commit') return false
  return a.kind === 'run' || a.run.event_id === b.run.event_id
}

function routeOf({ kind, run }: Exclude<RunWrite, { kind: 'run' }>): BatchRoute {
  return kind === 'commit' ? commitRoute(run) : timelineRoute(run)
}

function isUnknownRun({ setback }: BatchReport): boolean {
  return setback?.kind === 'denied' && setback.cause.status === NOT_FOUND
}

function refuseAll({ fates }: BatchReport): BatchReport {
  const cause = new TelemetryError('RUN_REFUSED', `HTTP ${NOT_FOUND}: the server does not know the run`, {
    status: NOT_FOUND,
  })
  return {
    fates: fates.map((fate) => (fate.kind === 'waiting' ? { kind: 'refused', cause } : fate)),
    setback: undefined,
  }
}
