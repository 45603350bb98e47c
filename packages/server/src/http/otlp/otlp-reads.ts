import type { OtlpRequestPage } from '@mosaicstack/telemetry-client/protocol'
import type { FastifyInstance } from 'fastify'

import { OTLP_TOTAL_NAMES, type OtlpSession, type OtlpTotalName } from '../../storage/otlp-store.ts'
import { keyOf } from '../authenticate.ts'
import { invalidRequest } from '../envelope.ts'
import { describeRoute } from '../openapi.ts'
import { DEFAULT_PAGE, MAX_PAGE, readFlag, readPaging, readSessionId } from './otlp-query.ts'
import type { OtlpServices } from './otlp-services.ts'

/** Long enough for an importer that runs once a day, short enough that tasks do not wait for one that is gone. */
const CLAIM_MS = 24 * 60 * 60 * 1000

/** `GET /v1/otlp/requests` and `GET /v1/otlp/sessions`: what importers merge with, and what totals are checked by. */
export function otlpReadRoutes(app: FastifyInstance, services: OtlpServices): void {
  requestsRoute(app, services)
  sessionsRoute(app, services)
}

const paging = {
  after: { type: 'integer', minimum: 0, default: 0, description: '`next_after` of the page before' },
  limit: { type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE },
}

function requestsRoute(app: FastifyInstance, { store, requireKey, nowMs }: OtlpServices): void {
  app.get(
    '/v1/otlp/requests',
    {
      onRequest: requireKey,
      schema: describeRoute({
        summary: 'The model requests of a session',
        description:
          'Numbers and ids, in the order of their arrival. With `merge=true` the caller says that it makes the tasks of this session itself: for 24 hours the server makes none.',
        tag: 'otlp',
        auth: 'instance',
        querystring: {
          type: 'object',
          required: ['session_id'],
          properties: {
            session_id: { type: 'string', minLength: 1, maxLength: 128 },
            ...paging,
            merge: { type: 'boolean', default: false },
          },
        },
        answers: { 200: 'A page of requests; `next_after` is null on the last' },
        errors: [401, 422, 429],
      }),
    },
    async (request): Promise<OtlpRequestPage> => {
      const { instanceNo } = keyOf(request)
      const query = request.query as Record<string, unknown>
      const { after, limit } = readPaging(query)
      const sessionId = readSessionId(query['session_id'])
      if (sessionId === undefined) throw invalidRequest([{ path: 'session_id', message: 'is required' }])
      // Before the reading: what arrives in between is the importer's from then on.
      if (readFlag(query, 'merge'))
        await store.claimOtlpSession({ instanceNo, sessionId }, nowMs() + CLAIM_MS)

      const requests = await store.listOtlpRequests({ instanceNo, sessionId, afterPosition: after, limit })
      return { requests, next_after: requests.length < limit ? null : (requests.at(-1)?.position ?? null) }
    },
  )
}

function sessionsRoute(app: FastifyInstance, { store, requireKey }: OtlpServices): void {
  app.get(
    '/v1/otlp/sessions',
    {
      onRequest: requireKey,
      schema: describeRoute({
        summary: 'Sessions, and whether their requests are all there',
        description:
          'Sums over the stored requests beside what the metrics counted. `complete` is false where a counter is ahead of the requests, and null where there are no counters to check by.',
        tag: 'otlp',
        auth: 'instance',
        querystring: {
          type: 'object',
          properties: { session_id: { type: 'string', minLength: 1, maxLength: 128 }, ...paging },
        },
        answers: { 200: 'A page of sessions; `next_after` is null on the last' },
        errors: [401, 422, 429],
      }),
    },
    async (request) => {
      const query = request.query as Record<string, unknown>
      const { after, limit } = readPaging(query)
      const sessions = await store.listOtlpSessions({
        instanceNo: keyOf(request).instanceNo,
        sessionId: readSessionId(query['session_id']),
        afterSessionNo: after,
        limit,
      })
      const nextAfter = sessions.length < limit ? null : (sessions.at(-1)?.sessionNo ?? null)
      return { sessions: sessions.map(sessionView), next_after: nextAfter }
    },
  )
}

function sessionView({ sessionId, heardAtMs, claimedUntilMs, requests, totals }: OtlpSession) {
  return {
    session_id: sessionId === '' ? null : sessionId,
    last_heard_at: timeView(heardAtMs),
    claimed_until: timeView(claimedUntilMs),
    requests: requests.count,
    requests_without_cost: requests.withoutCost,
    fresh_input_tokens: requests.freshInputTokens,
    cache_read_tokens: requests.cacheReadTokens,
    cache_write_tokens: requests.cacheWriteTokens,
    output_tokens: requests.outputTokens,
    cost_usd_micros: requests.costUsdMicros,
    counted: Object.fromEntries(OTLP_TOTAL_NAMES.map((name) => [name, totals[name] ?? null])),
    complete: isComplete(requests, totals),
  }
}

/** Money is left out: the counter is a sum of fractions, and tells nothing that the tokens do not. */
function isComplete(requests: OtlpSession['requests'], totals: OtlpSession['totals']): boolean | null {
  const sums: Readonly<Partial<Record<OtlpTotalName, number>>> = {
    input: requests.freshInputTokens,
    output: requests.outputTokens,
    cache_read: requests.cacheReadTokens,
    cache_write: requests.cacheWriteTokens,
  }
  const counted = OTLP_TOTAL_NAMES.filter((name) => totals[name] !== undefined && sums[name] !== undefined)
  if (counted.length === 0) return null
  return counted.every((name) => (sums[name] ?? 0) >= (totals[name] ?? 0))
}

function timeView(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString()
}
