import {
  lockForServer,
  openStore,
  rebuildProjection,
  rebuildRollups,
  type StorePlace,
} from '@mosaicstack/telemetry-server'
import { databaseFile, ServerError } from '@mosaicstack/telemetry-server/config'

import { CliError } from '../cli-error.ts'
import { counted } from '../output/format.ts'
import { terminal } from '../output/terminal.ts'
import { findProjection, type ProjectionFlags } from './open-projection.ts'

/** Makes the stored units and the dashboard's sums anew from the events. */
export async function rebuildStoredProjection(flags: ProjectionFlags): Promise<void> {
  const { place, settings } = findProjection(flags)
  const unlock = await lockAgainstServer(place)
  try {
    const store = await openStore(place)
    try {
      const { units, events, position } = await rebuildProjection(store, settings)
      await rebuildRollups(store)
      if (flags.json) return terminal.out(JSON.stringify({ position, events, units: units.length }, null, 2))
      const extent = `${counted(units.length, 'unit')} from ${counted(events, 'event')}`
      terminal.out(`${extent} up to position ${position}`)
    } finally {
      await store.close()
    }
  } finally {
    unlock()
  }
}

/**
 * A running server would save what it has in memory over what is made here. Those that share a database notice, and load
 * what was made.
 */
async function lockAgainstServer({ databaseUrl, dataDir }: StorePlace): Promise<() => void> {
  if (databaseUrl !== null) return () => {}
  return lockForServer(databaseFile(dataDir)).catch(refuseBesideServer)
}

function refuseBesideServer(error: unknown): never {
  if (!(error instanceof ServerError) || error.code !== 'STORE_IN_USE') throw error
  throw new CliError('a server is running on this store', {
    hint: 'Stop it first. `mosaic-telemetry predictions verify` also works while it runs.',
    cause: error,
  })
}
