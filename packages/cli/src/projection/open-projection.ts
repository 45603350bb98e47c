import { existsSync } from 'node:fs'

import { databaseFile, resolveSetting } from '@mosaicstack/telemetry-server/config'

import { CliError } from '../cli-error.ts'
import { findStorePlace, type StoreFlags } from '../store-place.ts'

const DAY_MS = 24 * 60 * 60 * 1000

export interface ProjectionFlags extends StoreFlags {
  readonly windowDays?: string
  readonly json?: boolean
}

/**
 * Where the store is, and what its units are made with.
 *
 * @throws CliError where there is no store.
 */
export function findProjection(flags: ProjectionFlags) {
  const place = findStorePlace(flags)
  const windowDays = resolveSetting('windowDays', flags.windowDays, process.env)
  if (place.databaseUrl === null && !existsSync(databaseFile(place.dataDir))) {
    throw new CliError(`there is no store in ${place.dataDir}`, {
      hint: 'Name the directory that the server uses: --data-dir.',
    })
  }
  return { place, settings: { windowMs: windowDays * DAY_MS, nowMs: Date.now() } }
}
