import type { RollupComparison } from '../storage/rollup-store.ts'
import type { Store } from '../storage/store.ts'

/** Events added in one transaction. */
const EVENTS_AT_ONCE = 5000

/** Compares the rollups with the events up to their position. Also beside a running server. */
export async function verifyRollups(store: Pick<Store, 'openSnapshot'>): Promise<RollupComparison> {
  const snapshot = await store.openSnapshot()
  try {
    return await snapshot.compareRollups()
  } finally {
    await snapshot.close()
  }
}

/** Makes the rollups anew from the events. A server that runs meanwhile helps. */
export async function rebuildRollups(store: Pick<Store, 'clearRollups' | 'foldRollups'>): Promise<void> {
  await store.clearRollups()
  while ((await store.foldRollups(EVENTS_AT_ONCE)).events > 0);
}
