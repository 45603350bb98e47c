import type { BatchRoute } from './delivery/fetch-transport.ts'
import { DELIVERED, DUPLICATE, type Fate } from './delivery/transport.ts'
import { TelemetryError } from './telemetry-error.ts'

/** `POST /v1/events/batch`. */
export const eventRoute: BatchRoute = {
  path: '/v1/events/batch',

  wrap: (batch) => `{"events":[${batch.join(',')}]}`,

  readAnswer(body, count) {
    const results = (body as { readonly results?: unknown } | null | undefined)?.results
    if (!Array.isArray(results) || results.length !== count) return undefined

    const fates = results.map(readFate)
    return fates.includes(undefined) ? undefined : (fates as Fate[])
  },
}

function readFate(result: unknown): Fate | undefined {
  const { status, code, error } = (result ?? {}) as { status?: unknown; code?: unknown; error?: unknown }
  if (status === 'accepted') return DELIVERED
  if (status !== 'rejected') return undefined
  if (code === 'duplicate' || (code === undefined && /duplicate/i.test(String(error)))) return DUPLICATE
  return { kind: 'refused', cause: new TelemetryError('EVENT_REFUSED', String(error ?? 'no reason given')) }
}
