import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { resolveSetting } from '@mosaicstack/telemetry-server/config'

interface Flags {
  readonly spoolDir?: string
  readonly dataDir?: string
}

/** Where events wait on this machine: as named, else beside the local server's data. */
export function spoolDirectory(flags: Flags): string {
  const named = flags.spoolDir || process.env['MOSAIC_TELEMETRY_SPOOL_DIR']
  return named || join(resolveSetting('dataDir', flags.dataDir, process.env), 'spool')
}

/** The same for who would not make one: undefined where none is named and nothing was kept yet. */
export function knownSpoolDirectory(flags: Flags): string | undefined {
  const isNamed = Boolean(flags.spoolDir || process.env['MOSAIC_TELEMETRY_SPOOL_DIR'])
  const directory = spoolDirectory(flags)
  return isNamed || existsSync(directory) ? directory : undefined
}
