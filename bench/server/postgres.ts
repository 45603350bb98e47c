import { parseArgs } from 'node:util'

import { describeMachine, measureBusyness } from './harness/machine.ts'
import { type Cell, cellsOf } from './postgres/cells.ts'
import { ask, type Cluster, startCluster } from './postgres/cluster.ts'
import { FilledDatabases } from './postgres/filled-database.ts'
import { measureFloor } from './postgres/measure-floor.ts'
import { measureFolding } from './postgres/measure-folding.ts'
import { measureRetention } from './postgres/measure-retention.ts'
import { measureServers } from './postgres/measure-servers.ts'
import { renderRates } from './postgres/reckon.ts'
import { renderResults } from './postgres/report.ts'
import {
  type EventCosts,
  loadResults,
  type MeasuredCell,
  putIntoPage,
  type Results,
  saveResults,
} from './postgres/results.ts'

/** Measures ingest into PostgreSQL beside its floor. See README.md. */
const { values: options } = parseArgs({
  options: {
    batch: { type: 'string', multiple: true, default: ['100', '1'] },
    servers: { type: 'string', multiple: true, default: ['1', '2', '4'] },
    stored: { type: 'string', multiple: true, default: ['0', '1000000', '5000000'] },
    retention: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '4' },
    write: { type: 'boolean', default: false },
    render: { type: 'boolean', default: false },
  },
})
const timing = { warmUpSeconds: 2, seconds: Number(options.seconds) }
const cells = cellsOf({
  perBatch: options.batch.map(Number),
  servers: options.servers.map(Number),
  storedEvents: options.stored.map(Number),
})

if (options.render) show(loadResults())
else {
  const results = await measureAll()
  if (options.write) saveResults(results)
  show(results)
}

function show(results: Results): void {
  const measured = renderResults(results)
  console.log(measured)
  if (!options.write) return
  putIntoPage('measured', measured)
  putIntoPage('reckoned', renderRates(results))
}

async function measureAll(): Promise<Results> {
  const cluster = await startCluster()
  try {
    const busyBefore = measureBusyness()
    const databases = new FilledDatabases(cluster)
    const measured: MeasuredCell[] = []
    for (const cell of cells) measured.push(await measurePair(cluster, databases, cell))
    const costs = await measureSizes(cluster, databases)
    const pruned = Number(options.retention)
    const retention = pruned === 0 ? undefined : await measureRetention(await databases.copyOf(pruned), 3)
    return {
      machine: `${describeMachine(busyBefore, measureBusyness())} ${await versionOf(cluster)}; load, servers and database share the machine.`,
      date: new Date().toISOString().slice(0, 10),
      cells: measured,
      costs,
      retention,
    }
  } finally {
    await cluster.stop()
  }
}

async function measurePair(cluster: Cluster, databases: FilledDatabases, cell: Cell): Promise<MeasuredCell> {
  const floor = await measureFloor(cluster, await databases.copyOf(cell.storedEvents), cell, timing)
  const ours = await measureServers(cluster, await databases.copyOf(cell.storedEvents), cell, timing)
  console.error(
    `${JSON.stringify(cell)}: floor ${Math.round(floor.eventsPerSecond)}, ours ${Math.round(ours.eventsPerSecond)} events/s`,
  )
  return { cell, floor, ours }
}

/** What an event takes on the disk and in the write-ahead log, in batches on an empty database, and to be read again. */
async function measureSizes(cluster: Cluster, databases: FilledDatabases): Promise<EventCosts> {
  const cell = { perBatch: 100, connections: 16, servers: 1, storedEvents: 0 }
  const url = await databases.copyOf(0)
  await ask(url, 'CHECKPOINT')
  const [before] = await ask(url, 'SELECT pg_current_wal_lsn() AS lsn')
  await measureFloor(cluster, url, cell, timing)
  const [row] = await ask(
    url,
    `SELECT count(*)::int AS events, pg_wal_lsn_diff(pg_current_wal_lsn(), '${String(before?.['lsn'])}')::float8 AS wal,
            (SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables WHERE relname LIKE 'events\\_%')::float8 AS bytes
       FROM mosaic_telemetry.events`,
  )
  const events = Number(row?.['events'])
  return {
    bytesPerEvent: Number(row?.['bytes']) / events,
    walBytesPerEvent: Number(row?.['wal']) / events,
    ...(await measureFolding(cluster, url)),
  }
}

async function versionOf({ urlOf }: Cluster): Promise<string> {
  const [row] = await ask(urlOf('postgres'), 'SHOW server_version')
  return `PostgreSQL ${String(row?.['server_version'])}`
}
