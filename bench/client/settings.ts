import type { OpenOptions } from './adapters/adapter.ts'
import { API_KEY, INSTANCE_ID } from './event.ts'

/** What is the same for every SDK in every measurement, where the SDK has an option for it. */
export const commonSettings = {
  apiKey: API_KEY,
  instanceId: INSTANCE_ID,
  batchSize: 100,
  flushIntervalMs: 500,
  requestTimeoutMs: 3000,
  stopLimitMs: 5000,
} as const

/** `OpenOptions` without the callback: what can be handed to another process. */
export type SerializableOptions = Omit<OpenOptions, 'onReport' | 'maxQueuedEvents'> & {
  /** Absent leaves the SDK's own default. */
  readonly maxQueuedEvents?: number
}
