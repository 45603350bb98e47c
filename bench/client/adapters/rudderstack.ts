import { onlyStrings, type Adapter } from './adapter.ts'

/** @rudderstack/rudder-sdk-node: `track()`, batches to `/v1/batch`. `flush()` is all the shutdown it has. */
export const rudderstack: Adapter = {
  name: 'rudderstack',
  packages: ['@rudderstack/rudder-sdk-node'],

  async open(options) {
    const { default: Analytics } = await import('@rudderstack/rudder-sdk-node')
    const client = new Analytics('bench', {
      dataPlaneUrl: options.url,
      flushAt: options.batchSize,
      flushInterval: options.flushIntervalMs,
      axiosConfig: { timeout: options.requestTimeoutMs },
      logLevel: 'silly',
      errorHandler: options.onReport,
      ...(options.maxQueuedEvents !== undefined && { maxInternalQueueSize: options.maxQueuedEvents }),
    })

    return {
      track: (event) =>
        client.track({ userId: event.instance_id, event: 'task_completed', properties: { ...event } }),
      stop: () => client.flush(),
    }
  },

  idsIn(body) {
    const { batch = [] } = JSON.parse(body) as { batch?: { properties?: { event_id?: string } }[] }
    return onlyStrings(batch.map((item) => item.properties?.event_id))
  },

  accepted: () => ({ status: 200, body: 'OK' }),
}
