import type { Command } from 'commander'

import type { AdminGateway } from './admin-gateway.ts'
import { remoteGateway } from './admin-remote.ts'
import { CliError } from './cli-error.ts'
import { addStoreFlags, findStorePlace, type StoreFlags } from './store-place.ts'

export interface AdminFlags extends StoreFlags {
  readonly serverUrl?: string
}

export function addAdminFlags(command: Command): Command {
  command.option(
    '--server-url <url>',
    'administer that server (with MOSAIC_TELEMETRY_ADMIN_TOKEN) instead of the local store',
  )
  return addStoreFlags(command).option('--json', 'print JSON')
}

/** Opens the way that the flags ask for, does the work, closes it. */
export async function administer<Result>(
  flags: AdminFlags,
  work: (gateway: AdminGateway) => Promise<Result>,
): Promise<Result> {
  if (flags.serverUrl !== undefined) return work(remoteGateway(flags.serverUrl, adminToken()))

  const { withLocalGateway } = await import('./admin-local.ts')
  return withLocalGateway(findStorePlace(flags), work)
}

function adminToken(): string {
  const token = process.env['MOSAIC_TELEMETRY_ADMIN_TOKEN']
  if (token !== undefined && token !== '') return token
  throw new CliError('--server-url needs the admin token of that server', {
    hint: 'Set MOSAIC_TELEMETRY_ADMIN_TOKEN.',
    exitCode: 2,
  })
}
