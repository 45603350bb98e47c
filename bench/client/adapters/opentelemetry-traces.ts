import type { Adapter } from './adapter.ts'
import { otlpAttributeValues, otlpPartialSuccess } from './otlp.ts'

/** OpenTelemetry traces: one span with 26 attributes an event, batch processor, OTLP/HTTP JSON exporter. */
export const opentelemetryTraces: Adapter = {
  name: 'otel-traces',
  packages: ['@opentelemetry/sdk-trace-base', '@opentelemetry/exporter-trace-otlp-http'],

  async open(options) {
    const { BasicTracerProvider, BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base')
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
    const { setGlobalErrorHandler } = await import('@opentelemetry/core')
    setGlobalErrorHandler(options.onReport)
    const exporter = new OTLPTraceExporter({
      url: `${options.url}/v1/traces`,
      timeoutMillis: options.requestTimeoutMs,
      // A longer queue also has more requests to send at shutdown, all at once.
      ...(options.maxQueuedEvents !== undefined && {
        concurrencyLimit: Math.ceil(options.maxQueuedEvents / options.batchSize),
      }),
    })
    const processor = new BatchSpanProcessor(exporter, {
      scheduledDelayMillis: options.flushIntervalMs,
      maxExportBatchSize: options.batchSize,
      ...(options.maxQueuedEvents !== undefined && { maxQueueSize: options.maxQueuedEvents }),
    })
    const provider = new BasicTracerProvider({ spanProcessors: [processor] })
    const tracer = provider.getTracer('bench')

    return {
      track: (event) => tracer.startSpan('task_completed', { attributes: event }).end(),
      stop: () => provider.shutdown(),
    }
  },

  idsIn: (body) => otlpAttributeValues(body, 'event_id'),
  accepted: () => ({ status: 200, body: '{}' }),
  partlyAccepted: (_ids, refused) => otlpPartialSuccess('rejectedSpans', refused.size),
}
