import { onlyStrings, type Adapter, type Answer } from './adapter.ts'

/** What its logger says that is neither a warning nor an error. */
const ignore = (): void => undefined

/** @amplitude/analytics-node: `track()`, batches to one URL. No request timeout and no queue limit to set. */
export const amplitude: Adapter = {
  name: 'amplitude',
  packages: ['@amplitude/analytics-node'],

  async open(options) {
    const { createInstance, Types } = await import('@amplitude/analytics-node')
    const client = createInstance()
    await client.init('bench', {
      serverUrl: `${options.url}/2/httpapi`,
      flushQueueSize: options.batchSize,
      flushIntervalMillis: options.flushIntervalMs,
      logLevel: Types.LogLevel.Warn,
      loggerProvider: {
        enable: ignore,
        disable: ignore,
        log: ignore,
        debug: ignore,
        warn: options.onReport,
        error: options.onReport,
      },
    }).promise

    return {
      track: (event) =>
        void client.track('task_completed', event, {
          user_id: event.instance_id,
          insert_id: event.event_id,
        }),
      stop: () => client.flush().promise,
    }
  },

  idsIn(body) {
    const { events = [] } = JSON.parse(body) as { events?: { insert_id?: string }[] }
    return onlyStrings(events.map((item) => item.insert_id))
  },

  accepted: (ids): Answer => ({
    status: 200,
    body: JSON.stringify({ code: 200, events_ingested: ids.length }),
  }),

  refusal: (ids, refused) =>
    JSON.stringify({
      code: 400,
      error: 'Invalid event',
      events_with_invalid_fields: {
        event_properties: ids.flatMap((id, index) => (refused.has(id) ? [index] : [])),
      },
    }),
}
