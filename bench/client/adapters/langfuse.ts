import type { Adapter } from './adapter.ts'
import { otlpAttributeValues, otlpPartialSuccess } from './otlp.ts'

/**
 * Langfuse 5: one event observation an event, through its span processor. The queue's limit comes only from
 * OpenTelemetry's environment variable.
 */
export const langfuse: Adapter = {
  name: 'langfuse',
  packages: ['@langfuse/otel', '@langfuse/tracing'],

  async open(options) {
    if (options.maxQueuedEvents !== undefined) {
      process.env['OTEL_BSP_MAX_QUEUE_SIZE'] = String(options.maxQueuedEvents)
    }
    const { LangfuseSpanProcessor } = await import('@langfuse/otel')
    const { setLangfuseTracerProvider, startObservation } = await import('@langfuse/tracing')
    const { BasicTracerProvider } = await import('@opentelemetry/sdk-trace-base')
    const { setGlobalErrorHandler } = await import('@opentelemetry/core')
    setGlobalErrorHandler(options.onReport)
    const processor = new LangfuseSpanProcessor({
      publicKey: 'pk-lf-bench',
      secretKey: 'sk-lf-bench',
      baseUrl: options.url,
      flushAt: options.batchSize,
      flushInterval: options.flushIntervalMs / 1000,
      timeout: options.requestTimeoutMs / 1000,
    })
    const provider = new BasicTracerProvider({ spanProcessors: [processor] })
    setLangfuseTracerProvider(provider)

    return {
      track: (event) => void startObservation('task_completed', { metadata: event }, { asType: 'event' }),
      stop: () => provider.shutdown(),
    }
  },

  idsIn: (body) => otlpAttributeValues(body, 'langfuse.observation.metadata.event_id'),
  accepted: () => ({ status: 200, body: '{}' }),
  partlyAccepted: (_ids, refused) => otlpPartialSuccess('rejectedSpans', refused.size),
}
