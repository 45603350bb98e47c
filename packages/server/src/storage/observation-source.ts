import { setTimeout as sleep } from 'node:timers/promises'

import type { Store } from './store.ts'
import { StoreUnavailable } from './store-unavailable.ts'

/** Where a thread of its own reads stored events from; plain data, so that it can be handed over. */
export type ObservationSource =
  | { readonly engine: 'sqlite'; readonly file: string }
  | { readonly engine: 'postgres'; readonly url: string }

const TRY_AGAIN_EVERY_MS = 2_000

/** Opens a connection that only reads. While a database across the network is away, reading waits for it. */
export async function openObservationSource(
  source: ObservationSource,
): Promise<Pick<Store, 'observationsAfter'>> {
  if (source.engine === 'sqlite') {
    const { openDatabase } = await import('./sqlite/open-database.ts')
    const { openObservations } = await import('./sqlite/events.ts')
    const observationsAfter = openObservations(await openDatabase(source.file))
    return { observationsAfter: async (position, limit) => observationsAfter(position, limit) }
  }
  const { openPostgresObservations } = await import('./postgres/postgres-observations.ts')
  const observationsAfter = openPostgresObservations(source.url)
  return {
    async observationsAfter(position, limit) {
      for (;;) {
        try {
          return await observationsAfter(position, limit)
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error
          await sleep(TRY_AGAIN_EVERY_MS)
        }
      }
    },
  }
}
