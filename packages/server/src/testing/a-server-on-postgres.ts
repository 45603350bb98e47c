import { type RunningChild, runChild } from './child-process.ts'
import type { SharedDatabase } from './a-shared-database.ts'

export const ADMIN_TOKEN = 'admin-token-of-the-tests'

/** A server in a process of its own, as one of several on a database. */
export interface ServerOnPostgres {
  readonly url: string
  readonly pid: number
  readonly child: RunningChild
  kill(): Promise<void>
}

export interface ServerOnPostgresOptions {
  /** How far its clock is ahead of the true time. */
  readonly clockAheadMs?: number
}

export async function startServerOnPostgres(
  database: Pick<SharedDatabase, 'url'>,
  { clockAheadMs = 0 }: ServerOnPostgresOptions = {},
): Promise<ServerOnPostgres> {
  const config = { databaseUrl: database.url, port: 0, logLevel: 'silent', adminToken: ADMIN_TOKEN }
  const child = runChild(
    { config, clockAheadMs },
    `const nowMs = () => Date.now() + given.clockAheadMs
     const { url } = await server.startServer(server.resolveConfig(given.config, {}), { nowMs })
     process.stdout.write('listening at ' + url + '!')`,
  )
  let said = ''
  child.process.stdout?.on('data', (chunk) => (said += String(chunk)))
  await child.said('!')
  return {
    url: /at (.*)!/.exec(said)?.[1] ?? '',
    pid: child.process.pid ?? 0,
    child,
    async kill() {
      child.process.kill('SIGKILL')
      await child.ended
    },
  }
}

/** Servers that are killed at the end of the block, whatever became of the test. */
export async function someServersOnPostgres(
  database: Pick<SharedDatabase, 'url'>,
  all: readonly ServerOnPostgresOptions[],
) {
  const servers = await Promise.all(all.map((options) => startServerOnPostgres(database, options)))
  return {
    /** Those that run; a test may put another one in the place of one that it has killed. */
    servers,
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.kill()))
    },
  }
}
