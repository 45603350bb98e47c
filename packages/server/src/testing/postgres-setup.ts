import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

import pg from 'pg'
import type { TestProject } from 'vitest/node'

import { openSession } from '../storage/postgres/open-database.ts'
import { migrate } from '../storage/postgres/migrate.ts'
import { type PostgresCluster, startPostgresCluster } from './postgres-cluster.ts'

/** A migrated database that those of the tests are copied from. */
export const TEMPLATE = 'template_of_tests'

let starting: Promise<PostgresCluster> | undefined
let server: Server | undefined

/**
 * One PostgreSQL for all test files of a run, started when the first of them asks for it: test files run in processes of
 * their own, so they ask over HTTP. It ends with the run, whatever became of the tests.
 */
export async function setup(project: TestProject): Promise<void> {
  server = createServer((_, response) => {
    starting ??= startWithTemplate()
    starting.then(
      (cluster) => response.end(cluster.urlOf('')),
      (error) => response.writeHead(500).end(String(error)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  project.provide('postgresAsker', `http://127.0.0.1:${port}`)
}

export async function teardown(): Promise<void> {
  server?.close()
  const cluster = await starting?.catch(() => undefined)
  await cluster?.[Symbol.asyncDispose]()
}

async function startWithTemplate(): Promise<PostgresCluster> {
  const cluster = await startPostgresCluster()
  const client = new pg.Client({ connectionString: cluster.urlOf('postgres') })
  await client.connect()
  await client.query(`CREATE DATABASE ${TEMPLATE}`)
  await client.end()
  const session = await openSession(cluster.urlOf(TEMPLATE), 30_000)
  await migrate(session)
  await session.close()
  return cluster
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Answers the URL of the PostgreSQL of this run, to which a database's name is to be appended. */
    postgresAsker: string
  }
}
