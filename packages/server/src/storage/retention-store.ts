/**
 * How the server keeps its database from growing for ever. Part of the `Store` port.
 *
 * Always true
 * - An event stays known by its key when it is pruned: sent again, it is a duplicate and is not stored.
 * - A step is one short transaction (PostgreSQL: two), so whoever writes meanwhile waits for milliseconds.
 * - Whatever ends a prune half way, the next one goes on with what is left.
 */
export interface RetentionStore {
  /** Deletes some of what is too old. */
  pruneSome(step: PruneStep): Promise<PrunedSome>
  /** How many a prune would delete now. Reads everything of that kind; nothing waits for it. */
  countPrunable(target: PruneTarget, beforeMs: number): Promise<number>
}

/**
 * - `events`: those received before the moment.
 * - `runs`: those that have ended, were created before the moment, and of which nothing was heard since; each with its
 *   timeline.
 * - `otlp`: sessions of which nothing was heard since the moment, each as a whole, because its totals check the sum of
 *   its requests; and what belongs to no session, by its own time. What no task was made of yet stays. Requests, marks
 *   and metric points are what is counted.
 */
export const PRUNE_TARGETS = ['events', 'runs', 'otlp'] as const
export type PruneTarget = (typeof PRUNE_TARGETS)[number]

export interface PruneStep {
  readonly target: PruneTarget
  /** Milliseconds since 1970, exclusive. */
  readonly beforeMs: number
  /** What the step before has answered; `undefined` for the first. */
  readonly from: number | undefined
}

export interface PrunedSome {
  readonly deleted: number
  /** Where the next step goes on; `undefined` where nothing is left. What the number means is the engine's own. */
  readonly next: number | undefined
}
