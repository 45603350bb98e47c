import { onlyStrings, type Adapter, type OpenOptions, type OpenSdk } from './adapter.ts'

/** Ours, memory only. */
export const mosaic: Adapter = {
  name: 'mosaic',
  packages: ['@mosaicstack/telemetry-client'],
  open: (options) => openMosaic(options, undefined),

  idsIn(body) {
    const { events = [] } = JSON.parse(body) as { events?: { event_id?: string }[] }
    return onlyStrings(events.map((event) => event.event_id))
  },

  accepted(ids) {
    const results = ids.map((id) => ({ event_id: id, status: 'accepted', error: null }))
    return { status: 202, body: JSON.stringify({ accepted: ids.length, rejected: 0, results }) }
  },

  partlyAccepted(ids, refused) {
    const results = ids.map((id) =>
      refused.has(id)
        ? { event_id: id, status: 'rejected', error: 'model: is not allowed', code: 'invalid' }
        : { event_id: id, status: 'accepted', error: null },
    )
    const body = { accepted: ids.length - refused.size, rejected: refused.size, results }
    return { status: 202, body: JSON.stringify(body) }
  },
}

/** The spool is the only difference between our two rows. */
export async function openMosaic(options: OpenOptions, spoolDir: string | undefined): Promise<OpenSdk> {
  const { TelemetryClient } = await import('@mosaicstack/telemetry-client')
  const client = new TelemetryClient({
    serverUrl: options.url,
    apiKey: options.apiKey,
    instanceId: options.instanceId,
    batchSize: Math.min(options.batchSize, 100), // the protocol's limit
    flushAt: options.batchSize,
    submitIntervalMs: options.flushIntervalMs,
    requestTimeoutMs: options.requestTimeoutMs,
    onError: options.onReport,
    ...(options.maxQueuedEvents !== undefined && { maxQueueSize: options.maxQueuedEvents }),
    ...(spoolDir !== undefined && { spoolDir }),
  })
  client.start()

  return {
    track: (event) => client.track(event),
    stop: () => client.stop({ timeoutMs: options.stopLimitMs }),
  }
}
