import { existsSync } from 'node:fs'

import { databaseFile, resolveSetting } from '@mosaicstack/telemetry-server/config'

import { CliError } from '../cli-error.ts'

const DAY_MS = 24 * 60 * 60 * 1000

export interface ProjectionFlags {
  readonly dataDir?: string
  readonly windowDays?: string
  readonly json?: boolean
}

/**
 * Where the store is, and what its units are made with.
 *
 * @throws CliError where there is no store.
 */
export function findProjection(flags: ProjectionFlags) {
  const dataDir = resolveSetting('dataDir', flags.dataDir, process.env)
  const windowDays = resolveSetting('windowDays', flags.windowDays, process.env)
  const file = databaseFile(dataDir)
  if (!existsSync(file)) {
    throw new CliError(`there is no store in ${dataDir}`, {
      hint: 'Name the directory that the server uses: --data-dir.',
    })
  }
  return { file, settings: { windowMs: windowDays * DAY_MS, nowMs: Date.now() } }
}
