import { onlyStrings, type Adapter } from './adapter.ts'

/** @segment/analytics-node: `track()`, batches to `/v1/batch`. Its queue has no limit to set. */
export const segment: Adapter = {
  name: 'segment',
  packages: ['@segment/analytics-node'],

  async open(options) {
    const { Analytics } = await import('@segment/analytics-node')
    const client = new Analytics({
      writeKey: 'bench',
      host: options.url,
      flushAt: options.batchSize,
      flushInterval: options.flushIntervalMs,
      httpRequestTimeout: options.requestTimeoutMs,
    })
    client.on('error', options.onReport)

    return {
      track: (event) =>
        client.track({
          userId: event.instance_id,
          event: 'task_completed',
          properties: event,
          messageId: event.event_id,
        }),
      stop: () => client.closeAndFlush({ timeout: options.stopLimitMs }),
    }
  },

  idsIn(body) {
    const { batch = [] } = JSON.parse(body) as { batch?: { messageId?: string }[] }
    return onlyStrings(batch.map((item) => item.messageId))
  },

  accepted: () => ({ status: 200, body: '{"success":true}' }),
}
