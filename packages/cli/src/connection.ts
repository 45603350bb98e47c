import { readLocalCredentials, resolveSetting } from '@mosaicstack/telemetry-server/config'

import { CliError } from './cli-error.ts'

/** What a command needs to talk to a server as an instance. */
export interface Connection {
  readonly serverUrl: string
  readonly apiKey: string
  readonly instanceId: string
}

/**
 * The environment, else the credentials that the local server has left in its data directory.
 *
 * @throws CliError where neither says enough, ServerError where the credentials cannot be read.
 */
export function findConnection(flags: {
  readonly dataDir?: string
  readonly serverUrl?: string
}): Connection {
  const dataDir = resolveSetting('dataDir', flags.dataDir, process.env)
  const local = readLocalCredentials(dataDir)
  const serverUrl = flags.serverUrl ?? process.env['MOSAIC_TELEMETRY_SERVER_URL'] ?? local?.server_url
  const apiKey = process.env['MOSAIC_TELEMETRY_API_KEY'] ?? local?.api_key
  const instanceId = process.env['MOSAIC_TELEMETRY_INSTANCE_ID'] ?? local?.instance_id
  if (serverUrl !== undefined && apiKey !== undefined && instanceId !== undefined) {
    return { serverUrl, apiKey, instanceId }
  }
  throw new CliError('no server is known', {
    hint:
      'Start one with `mosaic-telemetry serve`, or set MOSAIC_TELEMETRY_SERVER_URL, MOSAIC_TELEMETRY_API_KEY and ' +
      'MOSAIC_TELEMETRY_INSTANCE_ID.',
  })
}
