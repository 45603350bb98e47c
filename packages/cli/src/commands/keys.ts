import type { Command } from 'commander'

import { readExpiry, readLabel } from '../admin-values.ts'
import type { KeyView } from '../admin-gateway.ts'
import { addAdminFlags, administer, type AdminFlags } from '../administer.ts'
import { moment } from '../output/format.ts'
import { table } from '../output/table.ts'
import { terminal } from '../output/terminal.ts'
import { withExample } from './with-example.ts'

type Flags = AdminFlags & { readonly json?: boolean }

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('API keys of an instance: create, list, revoke')
  withExample(keys, 'mosaic-telemetry keys list a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d')
  addCreate(keys)
  addList(keys)
  addRevoke(keys)
}

function addCreate(keys: Command): void {
  const create = keys.command('create <instance-id>').description('create a key; it is shown once')
  withExample(create, 'mosaic-telemetry keys create a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d --label ci')
  addAdminFlags(create)
    .option('--label <label>', 'what the key is for')
    .option('--expires-at <time>', 'when it ends, such as 2027-01-31T00:00:00Z')
    .action(async (instanceId: string, flags: Flags & { label?: string; expiresAt?: string }) => {
      const wanted = {
        label: readLabel('--label', flags.label),
        expiresAt: readExpiry(flags.expiresAt, Date.now()),
      }
      const key = await administer(flags, (gateway) => gateway.createKey(instanceId, wanted))
      if (flags.json) return terminal.out(JSON.stringify(key, null, 2))
      terminal.out(key.api_key)
      terminal.err('This is the only time the key is shown; only a hash of it is stored.')
    })
}

function addList(keys: Command): void {
  const list = keys.command('list <instance-id>').description('list the keys of an instance')
  withExample(list, 'mosaic-telemetry keys list a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d')
  addAdminFlags(list).action(async (instanceId: string, flags: Flags) => {
    const all = await administer(flags, (gateway) => gateway.listKeys(instanceId))
    if (flags.json) return terminal.out(JSON.stringify(all, null, 2))
    if (all.length === 0)
      return terminal.err(`No keys yet. Make one: mosaic-telemetry keys create ${instanceId}`)
    terminal.out(
      table<KeyView>(
        [
          { title: 'KEY ID', value: (row) => row.key_id },
          { title: 'BEGINS', value: (row) => row.prefix },
          { title: 'STATE', value: stateOf },
          { title: 'LAST USED (UTC)', value: (row) => moment(row.last_used_at) || 'never' },
          { title: 'LABEL', value: (row) => row.label ?? '' },
        ],
        all,
      ),
    )
  })
}

function addRevoke(keys: Command): void {
  const revoke = keys.command('revoke <key-id>').description('revoke a key, on every server within 5 seconds')
  withExample(revoke, 'mosaic-telemetry keys revoke 5d0c2b4e-8f9a-4b1c-9d2e-3f4a5b6c7d8e')
  addAdminFlags(revoke).action(async (keyId: string, flags: Flags) => {
    const key = await administer(flags, (gateway) => gateway.revokeKey(keyId))
    if (flags.json) return terminal.out(JSON.stringify(key, null, 2))
    terminal.err(`Revoked the key that begins with ${key.prefix}.`)
  })
}

function stateOf(key: KeyView): string {
  if (key.revoked_at !== null) return 'revoked'
  return key.expires_at !== null && Date.parse(key.expires_at) <= Date.now() ? 'expired' : 'active'
}
