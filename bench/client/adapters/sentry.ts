import type { Adapter } from './adapter.ts'

/** Fixed by the SDK. */
const LOGS_PER_ENVELOPE = 100

/**
 * Sentry's structured logs, its nearest thing to an analytics event: batches of at most 100, sent every 5 s, neither of
 * which can be set. What it drops it counts in client reports to the vendor; the host has no callback to be told by.
 */
export const sentry: Adapter = {
  name: 'sentry',
  packages: ['@sentry/node'],

  async open(options) {
    const Sentry = await import('@sentry/node')
    Sentry.init({
      dsn: `${options.url.replace('//', '//bench@')}/1`,
      ...(options.maxQueuedEvents !== undefined && {
        transportOptions: { bufferSize: Math.ceil(options.maxQueuedEvents / LOGS_PER_ENVELOPE) },
      }),
    })

    return {
      track: (event) => Sentry.logger.info('task_completed', event),
      stop: () => Sentry.close(options.stopLimitMs),
    }
  },

  // An envelope is lines of JSON: a header, then for every item a header and its payload.
  idsIn: (body) =>
    body
      .split('\n')
      .filter((line) => line.startsWith('{"version":') || line.startsWith('{"items":'))
      .flatMap((line) => logIds(line)),

  accepted: () => ({ status: 200, body: '{}' }),
}

function logIds(payload: string): string[] {
  const { items = [] } = JSON.parse(payload) as {
    items?: { attributes?: { event_id?: { value?: unknown } } }[]
  }
  return items.flatMap((item) => {
    const id = item.attributes?.event_id?.value
    return typeof id === 'string' ? [id] : []
  })
}
