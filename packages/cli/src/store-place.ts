import { resolveSetting } from '@mosaicstack/telemetry-server/config'
import type { Command } from 'commander'

/** What names the store that a command works on. */
export interface StoreFlags {
  readonly dataDir?: string
  readonly databaseUrl?: string
}

export function addStoreFlags(command: Command): Command {
  return command
    .option('--data-dir <directory>', 'directory of the local store')
    .option('--database-url <url>', 'PostgreSQL database of the store')
}

/** Where the store is, by the rules of `serve`. */
export function findStorePlace(flags: StoreFlags) {
  return {
    dataDir: resolveSetting('dataDir', flags.dataDir, process.env),
    databaseUrl: resolveSetting('databaseUrl', flags.databaseUrl, process.env),
  }
}
