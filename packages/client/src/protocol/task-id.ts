import { sha256 } from './sha-256.ts'

const NAMESPACE = 'mosaic-telemetry/task/1'

/** What names one task in the logs of its harness, the same wherever and however often the logs are read. */
export interface TaskKey {
  /** The harness's true name, `claude_code` or `codex`, also where the event's enumeration says `custom`. */
  readonly harness: string
  /** The harness's own session or thread id. */
  readonly sessionId: string
  /** What the harness calls the prompt: its prompt id, turn id, or the id of the user message. */
  readonly promptId: string
}

/**
 * The event id of a task that was read from logs or OpenTelemetry: equal wherever the same task is found, so that the
 * server, which keeps the first event of an id, counts it once.
 *
 * A version 8 UUID (RFC 9562) from the SHA-256 of the key as a JSON array: in JSON no two keys run together.
 */
export function taskEventId({ harness, sessionId, promptId }: TaskKey): string {
  const name = JSON.stringify([NAMESPACE, harness, sessionId, promptId])
  const bytes = sha256(new TextEncoder().encode(name)).slice(0, 16)
  bytes[6] = 0x80 | ((bytes[6] as number) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f)
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
