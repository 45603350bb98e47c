import { fitForecast, UnitSums } from '@mosaicstack/telemetry-server/backtest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openSqliteStore, Predictor, Projector, Units } from './scale-internals.ts'
import { bytesInUse, checkpoint, type Latency, QueryCollector, timeQueries } from './scale-measure.ts'
import {
  DAY_MS,
  forEachObservation,
  instanceId,
  instancesOf,
  NOW_MS,
  WINDOW_DAYS,
} from './scale-population.ts'

/** One size, measured in a process of its own: what was measured before would be in its memory. */

const METRICS = 4
const windowMs = WINDOW_DAYS * DAY_MS
/** Events folded before anything is measured, so that the code is compiled by then. */
const WARM_UP_EVENTS = 20_000
/** Events between two checkpoints. */
const CHECKPOINT_EVENTS = 100_000
/** Units that are saved at once. */
const SAVE_UNITS = 50_000
/** A store hands out all units in one answer, which beyond this does not fit into one message between threads. */
const MAX_STORED_EVENTS = 1_000_000

export interface ProjectionFigures extends Latency {
  readonly events: number
  readonly instances: number
  readonly units: number
  readonly bytes: number
  readonly foldUs: number
  readonly refreshMs: number
  /** From stored rows to a projection that answers. */
  readonly loadMs: number
  /** The same with reading them from SQLite; undefined where they are too many. */
  readonly startMs: number | undefined
}

export interface RefitFigures {
  readonly units: number
  readonly refitMs: number
}

const [kind, size] = [process.argv[2], Number(process.argv[3])]
const figures = kind === 'projection' ? await measureProjection(size) : measureRefit(size)
process.stdout.write(JSON.stringify(figures))

async function measureProjection(events: number): Promise<ProjectionFigures> {
  await warmUp()
  const before = bytesInUse()
  const units = new Units({ windowMs })
  const collector = new QueryCollector()
  const generatingMs = cpuMs(() => forEachObservation(events, () => {}))
  const foldMs = Math.max(0, cpuMs(() => fold(units, events, collector)) - generatingMs)
  const bytes = bytesInUse() - before

  const predictor = new Predictor(units, { minInstances: 'auto' }, () => NOW_MS)
  const refreshMs = cpuMs(() => predictor.refresh())
  const latency = timeQueries(predictor, collector.queries)
  const startMs = events > MAX_STORED_EVENTS ? undefined : await measureStart(units, events)
  return {
    events,
    instances: instancesOf(events),
    units: units.table.size,
    bytes,
    foldUs: (1000 * foldMs) / events,
    refreshMs,
    ...latency,
    loadMs: measureLoad(units),
    startMs,
  }
}

async function warmUp(): Promise<void> {
  fold(new Units({ windowMs }), WARM_UP_EVENTS, new QueryCollector())
  await new Promise(setImmediate) // so that nothing on the stack holds it any more
}

function fold(units: Units, events: number, collector: QueryCollector): void {
  units.expire(NOW_MS)
  let folded = 0
  forEachObservation(events, (observation) => {
    collector.add(observation)
    units.fold(observation)
    if (++folded % CHECKPOINT_EVENTS === 0) checkpoint(units)
  })
  checkpoint(units)
}

/** Encodes some units, and loads them into another projection; only the loading is timed. */
function measureLoad(units: Units): number {
  const loaded = new Units({ windowMs })
  loaded.expire(NOW_MS)
  let loadMs = 0
  for (const rows of rowsOf(units)) {
    loadMs += cpuMs(() => {
      for (const row of rows) loaded.load(row)
    })
  }
  return loadMs
}

async function measureStart(units: Units, events: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'mosaic-scale-'))
  const store = await openSqliteStore(join(directory, 'telemetry.db'))
  try {
    for (let number = 0; number < instancesOf(events); number++)
      await store.createInstance({ instanceId: instanceId(number), name: null, createdAtMs: NOW_MS })
    for (const rows of rowsOf(units)) await store.saveUnits(rows, 1)
    const startedMs = performance.now()
    await new Projector(store, new Units({ windowMs })).start(NOW_MS)
    return performance.now() - startedMs
  } finally {
    await store.close()
    rmSync(directory, { recursive: true })
  }
}

function* rowsOf({ table }: Units) {
  let rows: ReturnType<typeof table.toStored>[] = []
  for (const unit of table.all()) {
    rows.push(table.toStored(unit))
    if (rows.length < SAVE_UNITS) continue
    yield rows
    rows = []
  }
  yield rows
}

function measureRefit(events: number): RefitFigures {
  const sums = new UnitSums(METRICS)
  forEachObservation(events, (observation) => {
    const { taskType, model, provider, complexity, receivedAtMs, instanceId: id } = observation
    sums.add({
      cell: { taskType, model, provider, complexity },
      instanceId: id,
      day: Math.floor(receivedAtMs / DAY_MS),
      values: [
        observation.inputTokens,
        observation.outputTokens,
        observation.costUsdMicros,
        observation.durationMs,
      ],
      succeeded: observation.succeeded,
    })
  })
  const today = Math.floor(NOW_MS / DAY_MS)
  const refitMs = cpuMs(() => fitForecast(sums.columns(), { today, minInstances: 'auto' }))
  return { units: sums.size, refitMs }
}

/** Processor time of this program's own code, since others may be running. */
function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  return process.cpuUsage(before).user / 1000
}
