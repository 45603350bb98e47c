import { ServerError } from '../../server-error.ts'
import { StoreUnavailable } from '../store-unavailable.ts'

/** The codes by which PostgreSQL and the operating system tell what is wrong. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  if (error.cause !== undefined && !('code' in error)) return codeOf(error.cause)
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/**
 * Two transactions stood in each other's way and this one has given way. Nothing of it is stored; done again, it finds
 * what the other has left.
 */
export function hasGivenWay(error: unknown): boolean {
  const code = codeOf(error)
  return code === DEADLOCK || code === SERIALIZATION_FAILURE
}

const DEADLOCK = '40P01'
const SERIALIZATION_FAILURE = '40001'

/**
 * Puts a database that does not answer now into `StoreUnavailable`. What is left as it is, is a bug or a wrong set-up:
 * it would fail again.
 */
export function explainUnavailable(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailable) return error
  return isUnavailable(error) ? new StoreUnavailable(error.message, { cause: error }) : error
}

/** Classes of SQLSTATE: connection, resources (a full disk), operator (a restart, a timeout), a replica. */
const UNAVAILABLE = /^(08|53|57|55P03|25006)/
const OPERATING_SYSTEM =
  /^E(CONN|HOST|NET|ADDRNOTAVAIL|PIPE|TIMEDOUT|AI_AGAIN|NOTFOUND|MFILE)|^EAI_AGAIN$|^ENOTFOUND$/

function isUnavailable(error: Error): boolean {
  const code = codeOf(error)
  if (code !== undefined) return UNAVAILABLE.test(code) || OPERATING_SYSTEM.test(code)
  // What pg says itself has words only.
  return /connection|timeout|not queryable|ended/i.test(error.message)
}

/** Where a database is, without its password. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  /** Further hosts that the URL names. */
  readonly otherPlaces?: readonly string[]
}

export function describeTarget({ host, port, database, user, otherPlaces = [] }: Target): string {
  const place = host.startsWith('/') ? `the socket in ${host}` : `${host}:${port}`
  return `database "${database}" at ${[place, ...otherPlaces].join(' or ')} as user "${user}"`
}

/** Puts what goes wrong while a server starts into our words; what is none of the known ones stays as it is. */
export function explainFailure<Cause>(cause: Cause, target: Target): Cause | ServerError {
  if (!(cause instanceof Error) || cause instanceof ServerError) return cause
  const code = codeOf(cause)
  const hint = HINTS.find(([codes]) => code !== undefined && codes.test(code))?.[1](target)
  if (hint === undefined && !(cause instanceof StoreUnavailable) && !isUnavailable(cause)) return cause
  const reason = cause.message === '' ? (code ?? 'no answer') : cause.message
  return new ServerError('STORE_UNREACHABLE', `cannot use ${describeTarget(target)}: ${reason}`, {
    hint: hint ?? 'Check that PostgreSQL runs there and lets this machine in.',
    cause,
  })
}

const HINTS: readonly (readonly [codes: RegExp, hint: (target: Target) => string])[] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, ({ host }) => `Check the host name "${host}" in --database-url.`],
  [
    /^(ECONNREFUSED|ENOENT)$/,
    ({ port }) => `Check that PostgreSQL runs there and listens on port ${port} (listen_addresses).`,
  ],
  [/^(28P01|28000)$/, () => 'Check the user and the password (PGPASSWORD or ~/.pgpass), and pg_hba.conf.'],
  [/^3D000$/, ({ database, user }) => `Create it first: createdb --owner ${user} ${database}`],
  [
    /^42501$/,
    ({ database, user }) => `Let the user make its schema: GRANT CREATE ON DATABASE ${database} TO ${user};`,
  ],
  [/^53300$/, () => 'Raise max_connections; a server process takes up to ten.'],
  [/^57P03$/, () => 'PostgreSQL is starting up or shutting down; start again in a moment.'],
  [/^25006$/, () => 'This is a replica. Name the primary in --database-url.'],
]
