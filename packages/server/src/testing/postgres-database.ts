import { randomUUID } from 'node:crypto'

import pg from 'pg'
import { inject } from 'vitest'

import { TEMPLATE } from './postgres-setup.ts'

let cluster: Promise<string> | undefined

/** The URL of a database of the test's own: migrated, or empty. They all go with the cluster, at the end of the run. */
export async function aPostgresDatabase(contents: 'migrated' | 'empty' = 'migrated'): Promise<string> {
  const clusterUrl = await (cluster ??= askForCluster())
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await withClient(`${clusterUrl}postgres`, (client) =>
    client.query(`CREATE DATABASE ${name} ${contents === 'migrated' ? `TEMPLATE ${TEMPLATE}` : ''}`),
  )
  return `${clusterUrl}${name}`
}

/** Looks into a database beside the server, as a curious program does. */
export async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function askForCluster(): Promise<string> {
  const response = await fetch(inject('postgresAsker'))
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}
