import { setTimeout as sleep } from 'node:timers/promises'

import type { PrunedSome, PruneTarget, RetentionStore } from '../storage/retention-store.ts'

/**
 * Between two steps others have the store for as long as a step took. A longer rest was tried: pruning an event costs about
 * as much as storing one, so with four times as long it falls behind a server that is half busy.
 */
const REST_FACTOR = 1
const MIN_REST_MS = 1

/** What is to go: of each kind what is older than a moment, in milliseconds since 1970. What is not named stays. */
export type PruneWish = { readonly [Target in PruneTarget]?: number | undefined }
export type PruneCounts = Readonly<Record<PruneTarget, number>>

export const NOTHING_PRUNED: PruneCounts = { events: 0, runs: 0, otlp: 0 }

export interface PruneOptions {
  /** Ends the prune after the step under way; what is left is for the next one. */
  readonly signal?: AbortSignal
  /** Called after every step with all that is deleted so far. */
  readonly onProgress?: (deleted: PruneCounts) => void
}

/** Deletes what is too old, step by step, while others read and write. */
export async function prune(
  store: Pick<RetentionStore, 'pruneSome'>,
  wish: PruneWish,
  { signal, onProgress }: PruneOptions = {},
): Promise<PruneCounts> {
  const deleted = { ...NOTHING_PRUNED }
  for (const [target, beforeMs] of wishes(wish)) {
    for (let from: number | undefined; ;) {
      if (signal?.aborted) return deleted
      const startedAtMs = performance.now()
      const step: PrunedSome = await store.pruneSome({ target, beforeMs, from })
      from = step.next
      deleted[target] += step.deleted
      onProgress?.({ ...deleted })
      if (from === undefined) break
      await sleep(MIN_REST_MS + REST_FACTOR * (performance.now() - startedAtMs), undefined, { ref: false })
    }
  }
  return deleted
}

/** How much a prune would delete now. */
export async function countPrunable(
  store: Pick<RetentionStore, 'countPrunable'>,
  wish: PruneWish,
): Promise<PruneCounts> {
  const counts = { ...NOTHING_PRUNED }
  for (const [target, beforeMs] of wishes(wish)) counts[target] = await store.countPrunable(target, beforeMs)
  return counts
}

function wishes(wish: PruneWish): readonly (readonly [PruneTarget, number])[] {
  return (Object.entries(wish) as [PruneTarget, number | undefined][]).flatMap(([target, beforeMs]) =>
    beforeMs === undefined ? [] : [[target, beforeMs] as const],
  )
}
