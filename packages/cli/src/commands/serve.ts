import {
  flagOf,
  resolveConfig,
  settings,
  variableOf,
  type SettingKey,
} from '@mosaicstack/telemetry-server/config'
import type { Command } from 'commander'

import { listenForInterrupt } from '../interruption.ts'
import { terminal } from '../output/terminal.ts'
import { withExample } from './with-example.ts'

export function addServe(program: Command): void {
  const command = program.command('serve').description('run the server')
  withExample(command, 'mosaic-telemetry serve', 'mosaic-telemetry serve --port 9000 --data-dir ./telemetry')
  addServerFlags(command)
  command.action(serve)
}

/** One flag for each setting of the server that is not a secret, named by rule. */
export function addServerFlags(command: Command): void {
  for (const key of Object.keys(settings) as SettingKey[]) {
    const setting = settings[key]
    if ('isSecret' in setting) continue
    const isSwitch = typeof setting.default === 'boolean'
    command.option(
      isSwitch ? flagOf(key) : `${flagOf(key)} <${isSwitch ? '' : valueName(setting.default)}>`,
      `${setting.help} [${variableOf(key)}, default ${String(setting.default) || 'none'}]`,
    )
  }
}

async function serve(flags: Record<string, string | boolean>): Promise<void> {
  const config = resolveConfig(flags, process.env)
  const { startServer } = await import('@mosaicstack/telemetry-server')
  const { listPrice } = await import('../list-price.ts')
  const server = await startServer(config, { listPrice: listPrice() })
  using interruption = listenForInterrupt()
  terminal.out(server.url)
  terminal.err(`Data is kept in ${config.databaseUrl === null ? config.dataDir : 'PostgreSQL'}.`)
  if (server.newCredentialsFile !== undefined) {
    terminal.err(`Made an instance for this machine; its id and key are in ${server.newCredentialsFile}.`)
  }
  if (config.adminToken === null) {
    terminal.err('The admin API is closed; set MOSAIC_TELEMETRY_ADMIN_TOKEN to open it.')
  }

  const failure = await Promise.race([interruption.interrupted, server.failed])
  await server.stop()
  if (failure !== undefined) throw failure
}

function valueName(value: unknown): string {
  if (typeof value === 'number') return 'number'
  return Array.isArray(value) ? 'list' : 'value'
}
