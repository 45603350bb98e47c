import { Counter, type Registry } from 'prom-client'

import type { ServerConfig } from '../config/settings.ts'
import type { Chore } from '../housekeeping.ts'
import { PRUNE_TARGETS, type RetentionStore } from '../storage/retention-store.ts'
import { NOTHING_PRUNED, prune } from './prune.ts'
import { dueForPruning, type RetentionSettings } from './retention.ts'

/** What a server deletes by itself because it is too old; no chore where everything is kept. */
export function retentionChores(parts: {
  readonly config: RetentionSettings & Pick<ServerConfig, 'prunePauseMs'>
  readonly store: Pick<RetentionStore, 'pruneSome'>
  readonly registry: Registry
  readonly nowMs: () => number
}): readonly Chore[] {
  const { config, store, registry, nowMs } = parts
  if (config.retentionDays === 0 && config.runRetentionDays === 0) return []

  const pruned = new Counter({
    name: 'mosaic_pruned_total',
    help: 'What this process has deleted because it was older than it is to be kept, by kind.',
    labelNames: ['kind'],
    registers: [registry],
  })
  for (const kind of PRUNE_TARGETS) pruned.inc({ kind }, 0)
  const stopping = new AbortController()
  return [
    {
      name: 'delete what is older than it is to be kept',
      pauseMs: config.prunePauseMs,
      isDoneAtStop: false,
      hurry: () => stopping.abort(),
      async work() {
        let counted = NOTHING_PRUNED
        await prune(store, dueForPruning(config, nowMs()), {
          signal: stopping.signal,
          onProgress(deleted) {
            for (const kind of PRUNE_TARGETS) pruned.inc({ kind }, deleted[kind] - counted[kind])
            counted = deleted
          },
        })
      },
    },
  ]
}
