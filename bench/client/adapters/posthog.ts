import { onlyStrings, type Adapter } from './adapter.ts'

/** posthog-node: `capture()`, batches to `/batch/`. */
export const posthog: Adapter = {
  name: 'posthog',
  packages: ['posthog-node'],

  async open(options) {
    const { PostHog } = await import('posthog-node')
    const client = new PostHog('phc_bench', {
      host: options.url,
      flushAt: options.batchSize,
      maxBatchSize: options.batchSize,
      flushInterval: options.flushIntervalMs,
      requestTimeout: options.requestTimeoutMs,
      ...(options.maxQueuedEvents !== undefined && { maxQueueSize: options.maxQueuedEvents }),
    })
    client.on('error', options.onReport)

    return {
      track: (event) =>
        client.capture({
          distinctId: event.instance_id,
          event: 'task_completed',
          properties: event,
          uuid: event.event_id,
        }),
      stop: () => client.shutdown(options.stopLimitMs),
    }
  },

  idsIn(body) {
    const { batch = [] } = JSON.parse(body) as { batch?: { uuid?: string }[] }
    return onlyStrings(batch.map((item) => item.uuid))
  },

  accepted: () => ({ status: 200, body: '{"status":1}' }),
}
