import { resolveSetting } from '@mosaicstack/telemetry-server/config'
import type { Command } from 'commander'

import type { AdminGateway } from './admin-gateway.ts'
import { remoteGateway } from './admin-remote.ts'
import { CliError } from './cli-error.ts'

export interface AdminFlags {
  readonly serverUrl?: string
  readonly dataDir?: string
}

export function addAdminFlags(command: Command): Command {
  return command
    .option(
      '--server-url <url>',
      'administer that server (with MOSAIC_TELEMETRY_ADMIN_TOKEN) instead of the local store',
    )
    .option('--data-dir <directory>', 'directory of the local store')
    .option('--json', 'print JSON')
}

/** Opens the way that the flags ask for, does the work, closes it. */
export async function administer<Result>(
  flags: AdminFlags,
  work: (gateway: AdminGateway) => Promise<Result>,
): Promise<Result> {
  if (flags.serverUrl !== undefined) return work(remoteGateway(flags.serverUrl, adminToken()))

  const dataDir = resolveSetting('dataDir', flags.dataDir, process.env)
  const { withLocalGateway } = await import('./admin-local.ts')
  return withLocalGateway(dataDir, work)
}

function adminToken(): string {
  const token = process.env['MOSAIC_TELEMETRY_ADMIN_TOKEN']
  if (token !== undefined && token !== '') return token
  throw new CliError('--server-url needs the admin token of that server', {
    hint: 'Set MOSAIC_TELEMETRY_ADMIN_TOKEN.',
    exitCode: 2,
  })
}
