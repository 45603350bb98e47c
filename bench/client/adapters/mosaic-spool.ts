import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Adapter } from './adapter.ts'
import { mosaic, openMosaic } from './mosaic.ts'

/** Ours with its spool in the run's directory: everything else as without. */
export const mosaicSpool: Adapter = {
  ...mosaic,
  name: 'mosaic-spool',
  open: (options) => openMosaic(options, options.stateDir),
  deadLettered: (stateDir) => countLines(join(stateDir, 'dead-letter.ndjson')),
}

function countLines(file: string): number {
  try {
    return readFileSync(file, 'utf8').split('\n').length - 1
  } catch {
    return 0 // no event was ever set aside
  }
}
