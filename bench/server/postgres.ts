import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { describeMachine, measureBusyness } from './harness/machine.ts'
import { ask, type Cluster, startCluster } from './postgres/cluster.ts'
import { FilledDatabases } from './postgres/filled-database.ts'
import { type Cell, measureFloor, measureServers } from './postgres/measure.ts'
import { measureFolding } from './postgres/measure-folding.ts'
import { measureRetention } from './postgres/measure-retention.ts'
import { type EventCosts, type MeasuredCell, renderResults } from './postgres/report.ts'

/** Measures ingest into PostgreSQL beside its floor. See README.md. */
const { values: options } = parseArgs({
  options: {
    batch: { type: 'string', multiple: true, default: ['100', '1'] },
    servers: { type: 'string', multiple: true, default: ['1', '2', '4'] },
    stored: { type: 'string', multiple: true, default: ['0', '1000000'] },
    retention: { type: 'string', default: '300000' },
    seconds: { type: 'string', default: '4' },
    write: { type: 'boolean', default: false },
  },
})
const BEGIN = '<!-- measured by bench/server/postgres.ts -->'
const END = '<!-- end of what is measured -->'
const timing = { warmUpSeconds: 2, seconds: Number(options.seconds) }
const cells: readonly Cell[] = options.stored.map(Number).flatMap((storedEvents) =>
  options.batch.map(Number).flatMap((perBatch) =>
    options.servers
      .map(Number)
      // Of a filled database one and two servers say enough: it is the database that may get slower.
      .filter((servers) => storedEvents === 0 || servers <= 2)
      .map((servers) => ({ perBatch, servers, storedEvents })),
  ),
)

const cluster = await startCluster()
try {
  const busyBefore = measureBusyness()
  const databases = new FilledDatabases(cluster)
  const measured: MeasuredCell[] = []
  for (const cell of cells) measured.push(await measurePair(databases, cell))
  const costs = await measureSizes(databases)
  const retained = Number(options.retention)
  const retention = retained === 0 ? undefined : await measureRetention(await databases.copyOf(retained), 3)
  const page = renderResults({
    machine: `${describeMachine(busyBefore, measureBusyness())} ${await versionOf(cluster)}; load, servers and database share the machine.`,
    date: new Date().toISOString().slice(0, 10),
    cells: measured,
    costs,
    retention,
  })
  console.log(page)
  if (options.write) putIntoPage(page)
} finally {
  await cluster.stop()
}

async function measurePair(databases: FilledDatabases, cell: Cell): Promise<MeasuredCell> {
  const floor = await measureFloor(cluster, await databases.copyOf(cell.storedEvents), cell, timing)
  const ours = await measureServers(cluster, await databases.copyOf(cell.storedEvents), cell, timing)
  console.error(
    `${JSON.stringify(cell)}: floor ${Math.round(floor.eventsPerSecond)}, ours ${Math.round(ours.eventsPerSecond)} events/s`,
  )
  return { cell, floor, ours }
}

/** What an event takes on the disk and in the write-ahead log, in batches on an empty database, and to be read again. */
async function measureSizes(databases: FilledDatabases): Promise<EventCosts> {
  const cell = { perBatch: 100, servers: 1, storedEvents: 0 }
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

function putIntoPage(text: string): void {
  const file = fileURLToPath(new URL('../../../docs/scaling.md', import.meta.url))
  const page = readFileSync(file, 'utf8')
  const [before, rest = ''] = page.split(BEGIN)
  const [, after] = rest.split(END)
  if (after === undefined) throw new Error('docs/scaling.md has no place for what is measured')
  writeFileSync(file, `${before}${BEGIN}\n\n${text}\n${END}${after}`)
}
