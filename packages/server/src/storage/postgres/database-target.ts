import pg from 'pg'

import { explainFailure, type Target } from './explain-failure.ts'
import { urlsOfHosts } from './hosts.ts'

/** Where a URL leads, the PG* variables of the environment included; never with the password. */
export function targetOf(url: string): Target {
  const [first = url, ...others] = urlsOfHosts(url)
  const { host, port, database, user } = new pg.Client({ connectionString: first })
  const otherPlaces = others.map((other) => {
    const client = new pg.Client({ connectionString: other })
    return `${client.host}:${client.port}`
  })
  return { host, port, database: database ?? '', user: user ?? '', otherPlaces }
}

/** Does something with a database while a server starts, and says in words what is wrong with it. */
export async function explaining<Result>(url: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    throw explainFailure(cause, targetOf(url))
  }
}
