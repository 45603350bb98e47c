import type { Backlog, OnLoss } from '../delivery/backlog.ts'
import type { Clock } from '../delivery/clock.ts'
import { DeliveryLoop } from '../delivery/delivery-loop.ts'
import { fetchTransport } from '../delivery/fetch-transport.ts'
import { halving } from '../delivery/halving.ts'
import type { JsonHttp } from '../delivery/json-http.ts'
import type { Ledger } from '../delivery/ledger.ts'
import { LossReporter } from '../delivery/loss-reporter.ts'
import { MemoryBacklog } from '../delivery/memory-backlog.ts'
import { retrying } from '../delivery/retrying.ts'
import { Sleeper } from '../delivery/sleeper.ts'
import type { Delivery, Fate } from '../delivery/transport.ts'
import type { Host } from '../platform/host.ts'
import { MAX_BODY_BYTES } from '../protocol/index.ts'
import type { RunSettings } from './run-config.ts'
import { runDelivery } from './run-delivery.ts'
import type { RunLog } from './run-log.ts'
import { runLosses } from './run-losses.ts'
import { readRunWrite, type RunWrite } from './run-write.ts'

/** The start, the events and the end of a short run share a request; nobody notices the wait. */
const GATHER_MS = 25
/** While the server is away: the backoff within a cycle tells soon, this one spares a machine that is offline. */
const RETRY_INTERVAL_MS = 15_000
const MAX_WRITES_PER_REQUEST = 100
/** While the disk takes none. */
const MAX_WRITES_IN_MEMORY = 10_000

export interface RunOutboxParts {
  readonly settings: RunSettings
  readonly host: Host
  readonly clock: Clock
  readonly ledger: Ledger
  readonly log: RunLog
  readonly http: JsonHttp
}

/** Everything between a write and the server: the events' delivery, with its order kept. */
export class RunOutbox {
  readonly #parts: RunOutboxParts
  readonly #backlog: Backlog
  readonly #loop: DeliveryLoop
  readonly #losses: LossReporter
  /** Why the latest attempt ended with writes still waiting; empty where none has. */
  #setback = ''

  constructor(parts: RunOutboxParts) {
    const { clock, ledger, log } = parts
    this.#parts = parts
    this.#losses = new LossReporter(clock, ({ message }) => log.warn(message), runLosses)
    this.#backlog = this.#openBacklog()
    const sleeper = new Sleeper(clock)
    this.#loop = new DeliveryLoop({
      backlog: this.#backlog,
      delivery: this.#delivery(sleeper),
      clock,
      sleeper,
      intervalMs: GATHER_MS,
      retryIntervalMs: RETRY_INTERVAL_MS,
      maxBatchesUnderWay: 1,
      flushEarlyAt: MAX_WRITES_PER_REQUEST,
      limits: { maxRecords: MAX_WRITES_PER_REQUEST, maxBytes: MAX_BODY_BYTES - 1024 },
      onFate: (fate, record) => {
        ledger.settle(fate)
        if (fate.kind === 'refused') this.#warnOfRefusal(fate, record)
      },
      onSetback: (cause) => {
        this.#setback = cause.message
        log.warnSometimes('setback', `${this.size} writes wait: ${cause.message}`)
      },
    })
  }

  /** Writes not settled yet, those on their way included. */
  get size(): number {
    return this.#backlog.size
  }

  /** Those of them that would not survive the process. */
  get volatileSize(): number {
    return this.#backlog.volatileSize
  }

  /** Takes a write, which must not change afterwards. */
  add(write: RunWrite): void {
    this.#parts.ledger.tracked++
    this.#backlog.add(write)
    this.#loop.added()
  }

  start(): void {
    this.#loop.start()
  }

  /** Sends what waits, now; resolves to why some still waits, if any does. */
  async flush(): Promise<string | undefined> {
    await this.#loop.flush()
    return this.size === 0 || this.#setback === '' ? undefined : this.#setback
  }

  async stop(timeoutMs: number): Promise<void> {
    await this.#loop.stop(timeoutMs)
    this.#losses.flush()
  }

  #delivery(sleeper: Sleeper): Delivery {
    const { http, ledger, settings } = this.#parts
    const patience = { maxRetries: settings.maxRetries, random: Math.random }
    return runDelivery((route) =>
      halving(
        retrying(fetchTransport(http, route), patience, sleeper, (batch) => (ledger.retried += batch.length)),
      ),
    )
  }

  #openBacklog(): Backlog {
    const { clock, host, ledger, log, settings } = this.#parts
    const onLoss: OnLoss = (reason, count) => {
      ledger.lose(reason, count)
      this.#losses.lose(reason, count)
    }
    if (host.openSpool === undefined) return new MemoryBacklog(MAX_WRITES_IN_MEMORY, onLoss)
    return host.openSpool({
      directory: settings.bufferDir,
      destination: runDestination(settings.serverUrl),
      maxBytes: settings.bufferMaxBytes,
      maxAgeMs: settings.bufferMaxAgeMs,
      maxRecordsInMemory: MAX_WRITES_IN_MEMORY,
      clock,
      report: ({ message }) => log.warn(message),
      onLoss,
      onSpooled: () => ledger.spooled++,
      onAdopted: (count) => {
        ledger.adopted += count
        this.#loop.added()
      },
      onHandedOver: (count) => (ledger.handedOver += count),
    })
  }

  #warnOfRefusal({ cause }: Extract<Fate, { readonly kind: 'refused' }>, record: string): void {
    const { kind, run } = readRunWrite(record)
    const what = { run: 'run', commit: 'commit of run', timeline: 'event of run' }[kind]
    this.#parts.log.warnSometimes(
      'refused',
      `the ${what} ${run.run_id} was refused and is kept in dead-letter.ndjson: ${cause.message}`,
    )
  }
}

/** What sets apart writes that must not be sent together; the spool's files carry a hash of it. */
export function runDestination(serverUrl: string): string {
  return `${serverUrl} runs`
}
