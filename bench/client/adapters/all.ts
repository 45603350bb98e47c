import type { Adapter } from './adapter.ts'
import { amplitude } from './amplitude.ts'
import { langfuse } from './langfuse.ts'
import { mosaicSpool } from './mosaic-spool.ts'
import { mosaic } from './mosaic.ts'
import { opentelemetryLogs } from './opentelemetry-logs.ts'
import { opentelemetryTraces } from './opentelemetry-traces.ts'
import { posthog } from './posthog.ts'
import { rudderstack } from './rudderstack.ts'
import { segment } from './segment.ts'
import { sentry } from './sentry.ts'

/** Every SDK, in the order of the tables: the peers, then ours. */
export const sdks: readonly Adapter[] = [
  posthog,
  segment,
  opentelemetryLogs,
  opentelemetryTraces,
  sentry,
  langfuse,
  rudderstack,
  amplitude,
  mosaic,
  mosaicSpool,
]
