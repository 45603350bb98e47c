import type { BenchEvent } from '../event.ts'

/** How every SDK is opened. An adapter passes on what its SDK has a documented option for, and nothing else. */
export interface OpenOptions {
  /** `http://127.0.0.1:<port>`, no trailing slash. */
  readonly url: string
  readonly apiKey: string
  /** The instance that the events name. */
  readonly instanceId: string
  readonly batchSize: number
  readonly flushIntervalMs: number
  readonly requestTimeoutMs: number
  /** What `stop()` may take, for the SDKs that accept a limit. */
  readonly stopLimitMs: number
  /** Undefined leaves the SDK's own default, which is what all fault rows but the burst measure. */
  readonly maxQueuedEvents: number | undefined
  /** A directory of this run alone; survives the process, so that a second one finds what the first left. */
  readonly stateDir: string
  /** Called with whatever the SDK reports to its host, through the callback it documents for that. */
  readonly onReport: (report: unknown) => void
}

/** An SDK ready for events. */
export interface OpenSdk {
  track(event: BenchEvent): void
  /** The SDK's own flush-and-shut-down. */
  stop(): Promise<unknown>
}

export interface Answer {
  readonly status: number
  readonly body: string
}

/** One SDK: how it is opened, and as much of its wire format as it takes to count events. */
export interface Adapter {
  readonly name: string
  /** What an application installs, in the order of import. */
  readonly packages: readonly string[]
  open(options: OpenOptions): Promise<OpenSdk>
  /** Ids of our events in one decompressed request body, each as often as it stands there. */
  idsIn(body: string): readonly string[]
  /** What the vendor's server answers when it took everything. */
  accepted(ids: readonly string[]): Answer
  /** What it answers when it took all but `refused`; absent where the protocol has no such answer. */
  partlyAccepted?(ids: readonly string[], refused: ReadonlySet<string>): Answer
  /** The body of a 400 that blames `refused`; absent where the protocol does not name events. */
  refusal?(ids: readonly string[], refused: ReadonlySet<string>): string
  /** Events set aside in `stateDir` because the server refused them for good. */
  deadLettered?(stateDir: string): number
}

/** Every string in `values`; what is not a string is somebody else's event. */
export function onlyStrings(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string')
}
