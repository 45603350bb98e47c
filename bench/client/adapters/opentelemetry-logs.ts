import type { Adapter } from './adapter.ts'
import { otlpAttributeValues, otlpPartialSuccess } from './otlp.ts'

/** OpenTelemetry logs: one record with 26 attributes an event, batch processor, OTLP/HTTP JSON exporter. */
export const opentelemetryLogs: Adapter = {
  name: 'otel-logs',
  packages: ['@opentelemetry/sdk-logs', '@opentelemetry/exporter-logs-otlp-http'],

  async open(options) {
    const { BatchLogRecordProcessor, LoggerProvider } = await import('@opentelemetry/sdk-logs')
    const { OTLPLogExporter } = await import('@opentelemetry/exporter-logs-otlp-http')
    const { setGlobalErrorHandler } = await import('@opentelemetry/core')
    setGlobalErrorHandler(options.onReport)
    const exporter = new OTLPLogExporter({
      url: `${options.url}/v1/logs`,
      timeoutMillis: options.requestTimeoutMs,
      // A longer queue also has more requests to send at shutdown, all at once.
      ...(options.maxQueuedEvents !== undefined && {
        concurrencyLimit: Math.ceil(options.maxQueuedEvents / options.batchSize),
      }),
    })
    const processor = new BatchLogRecordProcessor({
      exporter,
      scheduledDelayMillis: options.flushIntervalMs,
      maxExportBatchSize: options.batchSize,
      ...(options.maxQueuedEvents !== undefined && { maxQueueSize: options.maxQueuedEvents }),
    })
    const provider = new LoggerProvider({ processors: [processor] })
    const logger = provider.getLogger('bench')

    return {
      track: (event) => logger.emit({ eventName: 'task_completed', attributes: event }),
      stop: () => provider.shutdown(),
    }
  },

  idsIn: (body) => otlpAttributeValues(body, 'event_id'),
  accepted: () => ({ status: 200, body: '{}' }),
  partlyAccepted: (_ids, refused) => otlpPartialSuccess('rejectedLogRecords', refused.size),
}
