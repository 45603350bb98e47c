import type { BatchEventResponse, RejectionCode } from '@mosaicstack/telemetry-client/protocol'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

import type { IngestEvents, IngestOutcome } from '../ingest/ingest-events.ts'
import type { CalibrationFigures } from '../predictions/forecast/calibration.ts'
import { forecastMetrics } from '../predictions/forecast/forecast-event.ts'
import { turnedAwayCounter, type TurnedAwayReason } from './turned-away.ts'

/** What the server counts of itself. Names follow Prometheus: base units, `_total` for counters. */
export interface ServerMetrics {
  readonly registry: Registry
  requestAnswered(route: string, status: number, seconds: number): void
  turnedAway(reason: TurnedAwayReason): void
  /** Counts a request with events that was turned away before its events were known. */
  eventsTurnedAway(): void
  /** Times a group commit. */
  timingCommit<Result>(
    commit: () => Promise<Result>,
    requests: readonly { readonly count: number }[],
  ): Promise<Result>
  /** What the JSON form of `/metrics` says of speed. */
  performance(): { readonly uptime_seconds: number; readonly events_waiting: number }
  /** Counts what becomes of events on their way through. */
  counting(ingest: IngestEvents): IngestEvents
}

/** Where numbers come from that are looked up when somebody asks. */
export interface MetricSources {
  readonly waitingEvents: () => number
  readonly bodyBytesUnderWay: () => number
  readonly unsavedEvents: () => number
  readonly forecastLagMs: () => number
  readonly storeSizeBytes: () => Promise<number>
  /** Instances that count nowhere. */
  readonly setAside: () => number
  /** Since the start. */
  readonly shareViolations: () => number
  /** Events that predictions do not count, by reason, since the start. */
  readonly notPredicted: () => Readonly<Record<string, number>>
  /** In the order of `forecastMetrics`. */
  readonly calibration: () => readonly CalibrationFigures[]
}

export function serverMetrics(sources: MetricSources): ServerMetrics {
  const registry = new Registry()
  const registers = [registry]
  const requests = new Histogram({
    name: 'mosaic_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its answer.',
    labelNames: ['route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  })
  const commits = new Histogram({
    name: 'mosaic_commit_duration_seconds',
    help: 'Time from handing a group of events to the store until it is durable.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    registers,
  })
  const commitEvents = new Histogram({
    name: 'mosaic_commit_events',
    help: 'Events in one transaction.',
    buckets: [1, 10, 100, 250, 500, 1000, 2000],
    registers,
  })
  const accepted = new Counter({ name: 'mosaic_events_accepted_total', help: 'Events stored.', registers })
  const rejected = new Counter({
    name: 'mosaic_events_rejected_total',
    help: 'Events not stored, by reason.',
    labelNames: ['code'],
    registers,
  })
  for (const code of ['duplicate', 'invalid', 'unsupported_schema'] satisfies RejectionCode[])
    rejected.inc({ code }, 0)
  const turnedAway = new Counter({
    name: 'mosaic_event_requests_turned_away_total',
    help: 'Requests of which nothing was stored, by reason.',
    labelNames: ['reason'],
    registers,
  })
  for (const reason of ['refused', 'overloaded', 'unavailable']) turnedAway.inc({ reason }, 0)
  const waiting: Gauge = new Gauge({
    name: 'mosaic_events_waiting',
    help: 'Events that wait for their transaction.',
    registers,
    collect: (): void => waiting.set(sources.waitingEvents()),
  })
  const bodies: Gauge = new Gauge({
    name: 'mosaic_http_body_bytes_under_way',
    help: 'Bytes of request bodies that are being read or not answered yet.',
    registers,
    collect: (): void => bodies.set(sources.bodyBytesUnderWay()),
  })
  const unsaved: Gauge = new Gauge({
    name: 'mosaic_prediction_events_unsaved',
    help: 'Events since the last saved prediction units, which a crash now would have to read again.',
    registers,
    collect: (): void => unsaved.set(sources.unsavedEvents()),
  })
  const forecastLag: Gauge = new Gauge({
    name: 'mosaic_forecast_lag_seconds',
    help: 'Age of the newest event that the forecast has learned, while others wait for it; 0 where none does.',
    registers,
    collect: (): void => forecastLag.set(sources.forecastLagMs() / 1000),
  })
  const size: Gauge = new Gauge({
    name: 'mosaic_store_size_bytes',
    help: 'Size of the database; NaN while it does not answer.',
    registers,
    collect: async (): Promise<void> => size.set(await sources.storeSizeBytes().catch(() => Number.NaN)),
  })

  const setAside: Gauge = new Gauge({
    name: 'mosaic_prediction_instances_set_aside',
    help: 'Instances that predictions leave out, because what they report lies far off everybody else.',
    registers,
    collect: (): void => setAside.set(sources.setAside()),
  })
  const shareViolations: Counter = new Counter({
    name: 'mosaic_prediction_share_violations_total',
    help: 'Summaries not published because one instance would have held more than its share: a bug, if ever.',
    registers,
    collect: (): void => {
      shareViolations.reset()
      shareViolations.inc(sources.shareViolations())
    },
  })
  const notPredicted: Counter = new Counter({
    name: 'mosaic_prediction_events_left_out_total',
    help: 'Stored events that predictions do not count, by reason.',
    labelNames: ['reason'],
    registers,
    collect: (): void => {
      notPredicted.reset()
      for (const [reason, events] of Object.entries(sources.notPredicted()))
        notPredicted.inc({ reason }, events)
    },
  })

  gaugeCalibration(registers, sources.calibration)

  // Looking labels up costs more than counting.
  const timers = new Map<string, { observe(seconds: number): void }>()
  const timerOf = (route: string, status: number) => {
    const name = `${status} ${route}`
    const known = timers.get(name)
    if (known !== undefined) return known
    const timer = requests.labels({ route, status })
    timers.set(name, timer)
    return timer
  }

  return {
    registry,
    turnedAway: turnedAwayCounter(registers),
    eventsTurnedAway: () => turnedAway.inc({ reason: 'overloaded' }),
    requestAnswered: (route, status, seconds) => timerOf(route, status).observe(seconds),
    async timingCommit(commit, group) {
      const stopTimer = commits.startTimer()
      const result = await commit()
      stopTimer()
      commitEvents.observe(group.reduce((sum, rows) => sum + rows.count, 0))
      return result
    },
    performance: () => ({
      uptime_seconds: Math.round(process.uptime()),
      events_waiting: sources.waitingEvents(),
    }),
    counting: (ingest) => ({
      plain(sender, body, envelope) {
        const outcome = ingest.plain(sender, body, envelope)
        return outcome && counted(outcome)
      },
      parsed: (sender, events) => counted(ingest.parsed(sender, events)),
    }),
  }

  async function counted(ingested: Promise<IngestOutcome>): Promise<IngestOutcome> {
    const outcome = await ingested
    if (outcome.kind === 'answered') countResults(outcome.response)
    else turnedAway.inc({ reason: outcome.kind })
    return outcome
  }

  function countResults({
    accepted: acceptedEvents,
    rejected: rejectedEvents,
    results,
  }: BatchEventResponse): void {
    accepted.inc(acceptedEvents)
    if (rejectedEvents === 0) return
    for (const result of results) if (result.status === 'rejected') rejected.inc({ code: result.code })
  }
}

/** How the server's own forecasts turned out, by metric, over the last 30 days. */
function gaugeCalibration(registers: Registry[], figures: () => readonly CalibrationFigures[]): void {
  const gauge = (name: string, help: string, value: (of: CalibrationFigures) => number) => {
    const made: Gauge<'metric'> = new Gauge({
      name: `mosaic_forecast_${name}`,
      help,
      labelNames: ['metric'],
      registers,
      collect(): void {
        for (const [index, own] of figures().entries()) {
          if (own.tasks > 0) made.set({ metric: forecastMetrics[index] ?? '' }, value(own))
        }
      },
    })
  }
  gauge(
    'coverage_ratio',
    'Share of tasks that lay within p10 to p90; 0.8 is the target.',
    (own) => own.inside / own.tasks,
  )
  gauge('loss', 'Mean pinball loss on the natural logarithm over 19 quantiles.', (own) => own.loss)
  gauge('judged_tasks', 'Tasks whose forecast was made before they were known.', (own) => own.tasks)
}
