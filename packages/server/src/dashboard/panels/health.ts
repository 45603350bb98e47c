import type { DashboardSource, HealthAnswer, ReasonCount } from '@mosaicstack/telemetry-client/protocol'
import type { Registry } from 'prom-client'

import type { CalibrationFigures } from '../../predictions/forecast/calibration.ts'
import { utcDay } from '../../predictions/utc-day.ts'
import { harnessCodes } from '../../storage/enum-codes.ts'
import type { Store } from '../../storage/store.ts'
import { ALL_DAYS, type RollupReader } from '../rollup-reader.ts'
import { isoDay } from '../selection.ts'

/** What the panel looks at besides the rollups. */
export interface HealthSources {
  readonly store: Pick<Store, 'status' | 'listInstances' | 'listRollupSources'>
  readonly registry: Registry
  readonly calibration: () => readonly CalibrationFigures[]
  readonly listeners: () => number
  readonly version: string
  readonly startedAtMs: number
  readonly nowMs: () => number
}

const MAX_SOURCES = 200

/** Is the data complete, and the system healthy? */
export async function health(reader: RollupReader, sources: HealthSources): Promise<HealthAnswer> {
  const nowMs = sources.nowMs()
  const [freshness, status, eventSources, [all], rejected, turnedAway, refused] = await Promise.all([
    reader.freshness(),
    sources.store.status(),
    listSources(sources.store, utcDay(nowMs)),
    reader.rows({ ...ALL_DAYS, only: {} }, { by: [], sums: ['tasks'] }),
    countsOf(sources.registry, 'mosaic_events_rejected_total'),
    countsOf(sources.registry, 'mosaic_requests_turned_away_total'),
    countsOf(sources.registry, 'mosaic_event_requests_turned_away_total'),
  ])
  const memory = process.memoryUsage()
  const cpu = process.cpuUsage()
  return {
    checked_at: new Date(nowMs).toISOString(),
    freshness,
    version: sources.version,
    started_at: new Date(sources.startedAtMs).toISOString(),
    store: { engine: status.engine, size_bytes: status.sizeBytes, events: all?.sums['tasks'] ?? 0 },
    sources: eventSources,
    rejected_events: rejected,
    turned_away: [...turnedAway, ...refused],
    forecast: calibrationOf(sources.calibration()),
    process: {
      rss_bytes: memory.rss,
      heap_used_bytes: memory.heapUsed,
      cpu_seconds: Math.round((cpu.user + cpu.system) / 10_000) / 100,
      listeners: sources.listeners(),
    },
  }
}

async function listSources(
  store: HealthSources['store'],
  today: number,
): Promise<readonly DashboardSource[]> {
  const [instances, rows] = await Promise.all([store.listInstances(), store.listRollupSources(today)])
  const trustOf = new Map(instances.map(({ instanceId, trust }) => [instanceId, trust]))
  return [...rows]
    .sort((a, b) => (b.lastDay ?? -1) - (a.lastDay ?? -1) || b.eventsTotal - a.eventsTotal)
    .slice(0, MAX_SOURCES)
    .map((row) => ({
      instance_id: row.instanceId,
      name: row.name,
      harness: row.harness === null ? null : harnessCodes.decode(row.harness),
      last_day: row.lastDay === null ? null : isoDay(row.lastDay),
      events_today: row.eventsToday,
      events_7d: row.events7d,
      events_30d: row.events30d,
      events_total: row.eventsTotal,
      trust: trustOf.get(row.instanceId) ?? 1,
    }))
}

/** What a counter of the process has counted, by its one label. */
async function countsOf(registry: Registry, counter: string): Promise<readonly ReasonCount[]> {
  const metric = await registry.getSingleMetric(counter)?.get()
  return (metric?.values ?? []).map(({ labels, value }) => ({
    reason: String(Object.values(labels)[0]),
    count: value,
  }))
}

/** Share of tasks that p10 to p90 is meant to hold. */
const TARGET = 0.8

function calibrationOf(figures: readonly CalibrationFigures[]): HealthAnswer['forecast'] {
  const tasks = figures.reduce((sum, each) => sum + each.tasks, 0)
  const inside = figures.reduce((sum, each) => sum + each.inside, 0)
  return tasks === 0 ? null : { target: TARGET, observed_30d: inside / tasks, n: tasks }
}
