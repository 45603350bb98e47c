import { type Ledger, mergeOtlp, readNote, sessionIds, writeNote } from '@mosaicstack/telemetry-importers'
import type { OtlpRequestPage } from '@mosaicstack/telemetry-client/protocol'

import type { Connection } from '../connection.ts'

export type TelemetryMerge =
  | { readonly kind: 'merged'; readonly sessions: number; readonly requests: number }
  /** The server did not answer, or knows no OpenTelemetry: the logs alone count, until the next import. */
  | { readonly kind: 'unavailable'; readonly cause: string }

interface SessionPage {
  readonly sessions: readonly {
    readonly session_id: string | null
    readonly last_heard_at: string | null
    readonly claimed_until: string | null
  }[]
  readonly next_after: number | null
}

const TIMEOUT_MS = 10_000

/**
 * Fetches what the server was told by OpenTelemetry about the sessions in the ledger, and claims them: the server makes
 * no events of a session that is read from its logs. A session that was not heard of since the last time is left alone.
 */
export async function mergeTelemetry(ledger: Ledger, connection: Connection): Promise<TelemetryMerge> {
  const known = sessionIds(ledger)
  const noteOf = (session: string): string => `otlp/${connection.instanceId}/${session}`
  let sessions = 0
  let requests = 0
  try {
    for await (const session of eachSession(connection)) {
      const { claimed_until: claimedUntil, last_heard_at: heardAt, session_id: id } = session
      if (id === null || !known.has(id)) continue
      if (claimedUntil !== null && heardAt === readNote(ledger, noteOf(id))) continue
      for await (const page of eachPage<OtlpRequestPage>(
        connection,
        `requests?merge=true&session_id=${encodeURIComponent(id)}`,
      )) {
        mergeOtlp(ledger, page.requests)
        requests += page.requests.length
      }
      if (heardAt !== null) writeNote(ledger, noteOf(id), heardAt)
      sessions++
    }
    return { kind: 'merged', sessions, requests }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    return { kind: 'unavailable', cause: error.message }
  }
}

async function* eachSession(connection: Connection): AsyncGenerator<SessionPage['sessions'][number]> {
  for await (const page of eachPage<SessionPage>(connection, 'sessions?')) yield* page.sessions
}

async function* eachPage<Page extends { readonly next_after: number | null }>(
  connection: Connection,
  query: string,
): AsyncGenerator<Page> {
  let after = 0
  for (;;) {
    const page = await get<Page>(connection, `${query}&limit=1000&after=${after}`)
    yield page
    if (page.next_after === null) return
    after = page.next_after
  }
}

/** A failure of the world, made a value at the door above. */
class Unavailable extends Error {}

async function get<Answer>({ apiKey, serverUrl }: Connection, path: string): Promise<Answer> {
  const response = await fetch(`${serverUrl.replace(/\/+$/, '')}/v1/otlp/${path}`, {
    headers: { authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    throw new Unavailable(`${serverUrl} does not answer`)
  })
  if (!response.ok)
    throw new Unavailable(`${serverUrl} answers HTTP ${response.status} to ${path.split('?')[0]}`)
  return (await response.json().catch(() => {
    throw new Unavailable(`${serverUrl} does not answer with JSON`)
  })) as Answer
}
