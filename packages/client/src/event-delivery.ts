import { type ClientContext, httpOf } from './client-context.ts'
import type { Backlog, OnLoss } from './delivery/backlog.ts'
import { DeliveryLoop } from './delivery/delivery-loop.ts'
import { fetchTransport } from './delivery/fetch-transport.ts'
import { halving } from './delivery/halving.ts'
import { LossReporter } from './delivery/loss-reporter.ts'
import { MemoryBacklog } from './delivery/memory-backlog.ts'
import { retrying } from './delivery/retrying.ts'
import { Sleeper } from './delivery/sleeper.ts'
import type { Delivery, Fate } from './delivery/transport.ts'
import { dryRunTransport } from './dry-run.ts'
import { eventDefaultsFor } from './event-defaults.ts'
import { eventIntake } from './event-intake.ts'
import { eventRoute } from './event-route.ts'
import { MAX_BODY_BYTES, type TaskCompletionEvent } from './protocol/index.ts'
import { TelemetryError } from './telemetry-error.ts'

/** Everything between `track()` and the server. */
export interface EventDelivery {
  readonly track: (event: TaskCompletionEvent) => void
  readonly backlog: Backlog
  readonly loop: DeliveryLoop
  stop(timeoutMs: number): Promise<void>
}

/** Room for the envelope around the records. */
const MAX_RECORD_BYTES = MAX_BODY_BYTES - 1024

export function buildEventDelivery(context: ClientContext): EventDelivery {
  const { clock, config, host, ledger, report } = context
  const losses = new LossReporter(clock, report)
  const onLoss: OnLoss = (reason, count) => {
    ledger.lose(reason, count)
    losses.lose(reason, count)
  }

  const backlog = openBacklog(context, onLoss, () => loop.added())
  const sleeper = new Sleeper(clock)
  const loop = new DeliveryLoop({
    backlog,
    delivery: chooseDelivery(context, sleeper),
    clock,
    sleeper,
    intervalMs: config.submitIntervalMs,
    flushEarlyAt: config.flushAt || Math.ceil(config.maxQueueSize / 2),
    limits: { maxRecords: config.batchSize, maxBytes: MAX_RECORD_BYTES },
    onFate: (fate, record) => {
      ledger.settle(fate)
      if (fate.kind === 'refused') report(refusedEvent(fate, record))
    },
    onSetback: report,
  })

  const defaults = eventDefaultsFor(host.fillRandom, clock.now)
  const onTracked = (): void => void ledger.tracked++
  const take = eventIntake({ instanceId: config.instanceId, defaults, backlog, report, onTracked, onLoss })

  return {
    backlog,
    loop,
    track: (event) => {
      if (take(event)) loop.added()
    },
    async stop(timeoutMs) {
      await loop.stop(timeoutMs)
      losses.flush()
    },
  }
}

/** The spool, where one is asked for; a dry run leaves it alone, since it would settle what was never sent. */
function openBacklog(context: ClientContext, onLoss: OnLoss, onMore: () => void): Backlog {
  const { clock, config, host, ledger, report } = context
  if (config.spoolDir === '' || config.dryRun) return new MemoryBacklog(config.maxQueueSize, onLoss)
  if (host.openSpool === undefined) {
    report(noDisk())
    return new MemoryBacklog(config.maxQueueSize, onLoss)
  }
  return host.openSpool({
    directory: config.spoolDir,
    destination: `${config.serverUrl} ${config.instanceId.toLowerCase()}`,
    maxBytes: config.spoolMaxBytes,
    maxAgeMs: config.spoolMaxAgeMs,
    maxRecordsInMemory: config.maxQueueSize,
    clock,
    report,
    onLoss,
    onSpooled: () => ledger.spooled++,
    onAdopted: (count) => {
      ledger.adopted += count
      onMore()
    },
    onHandedOver: (count) => (ledger.handedOver += count),
  })
}

function noDisk(): TelemetryError {
  return new TelemetryError('SPOOL_UNAVAILABLE', 'spoolDir is set, but this runtime has no disk', {
    hint: 'Events wait in memory only.',
  })
}

/** What `track()` is where the configuration cannot send: it keeps nothing, but it counts. */
export function trackNothing({ clock, ledger, report }: ClientContext): () => void {
  const losses = new LossReporter(clock, report)
  return () => {
    ledger.tracked++
    ledger.lose('unconfigured', 1)
    losses.lose('unconfigured', 1)
  }
}

function chooseDelivery(context: ClientContext, sleeper: Sleeper): Delivery {
  const { config, ledger } = context
  if (config.dryRun) return halving(dryRunTransport((message) => config.logger.info?.(message)))

  const patience = { maxRetries: config.maxRetries, random: Math.random }
  const countRetry = (batch: readonly string[]): void => void (ledger.retried += batch.length)
  return halving(retrying(fetchTransport(httpOf(context), eventRoute), patience, sleeper, countRetry))
}

function refusedEvent(fate: Extract<Fate, { readonly kind: 'refused' }>, record: string): TelemetryError {
  const { event_id } = JSON.parse(record) as TaskCompletionEvent
  return new TelemetryError('EVENT_REFUSED', `event ${event_id} was refused: ${fate.cause.message}`, {
    hint: 'It is not sent again.',
    status: fate.cause.status,
  })
}
