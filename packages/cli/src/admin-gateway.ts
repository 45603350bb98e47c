import {
  administration,
  databaseFile,
  describeApiKey,
  describeInstance,
  openSqliteStore,
  resolveSetting,
} from '@mosaicstack/telemetry-server'
import type { Command } from 'commander'

import { CliError } from './cli-error.ts'

export type InstanceView = ReturnType<typeof describeInstance>
export type KeyView = ReturnType<typeof describeApiKey>

/** Administration from the command line: on this machine's store, or through a server's admin API. */
export interface AdminGateway {
  createInstance(wanted: { name: string | null; instanceId: string | null }): Promise<InstanceView>
  listInstances(): Promise<readonly InstanceView[]>
  createKey(
    instanceId: string,
    wanted: { label: string | null; expiresAt: string | null },
  ): Promise<KeyView & { readonly api_key: string }>
  listKeys(instanceId: string): Promise<readonly KeyView[]>
  revokeKey(keyId: string): Promise<KeyView>
}

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
  const store = await openSqliteStore(databaseFile(dataDir))
  try {
    return await work(localGateway(administration(store, Date.now)))
  } finally {
    await store.close()
  }
}

function localGateway(admin: ReturnType<typeof administration>): AdminGateway {
  return {
    async createInstance(wanted) {
      const instance = await admin.createInstance(wanted)
      if (instance !== undefined) return describeInstance(instance)
      throw new CliError(`there is an instance ${wanted.instanceId} already`, {
        hint: 'Leave --instance-id out to get a new one.',
      })
    },
    listInstances: async () => (await admin.listInstances()).map(describeInstance),
    async createKey(instanceId, { label, expiresAt }) {
      const expiresAtMs = expiresAt === null ? null : Date.parse(expiresAt)
      const created = await admin.createKey(instanceId, { label, expiresAtMs })
      if (created === undefined) throw noInstance(instanceId)
      return { ...describeApiKey(created.key), api_key: created.apiKey }
    },
    async listKeys(instanceId) {
      const keys = await admin.listKeys(instanceId)
      if (keys === undefined) throw noInstance(instanceId)
      return keys.map(describeApiKey)
    },
    async revokeKey(keyId) {
      const key = await admin.revokeKey(keyId)
      if (key === undefined)
        throw new CliError(`there is no key ${keyId}`, {
          hint: 'A key goes by its key id: see `mosaic-telemetry keys list <instance-id>`.',
        })
      return describeApiKey(key)
    },
  }
}

function noInstance(instanceId: string): CliError {
  return new CliError(`there is no instance ${instanceId}`, {
    hint: 'See `mosaic-telemetry instances list`.',
  })
}

function adminToken(): string {
  const token = process.env['MOSAIC_TELEMETRY_ADMIN_TOKEN']
  if (token !== undefined && token !== '') return token
  throw new CliError('--server-url needs the admin token of that server', {
    hint: 'Set MOSAIC_TELEMETRY_ADMIN_TOKEN.',
    exitCode: 2,
  })
}

function remoteGateway(serverUrl: string, token: string): AdminGateway {
  const ask = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${serverUrl.replace(/\/+$/, '')}/v1/admin/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new CliError(`${serverUrl} does not answer`, {
        hint: 'Is the server running, and is the address right?',
        cause,
      })
    })
    const answer = (await response.json().catch(() => ({}))) as Answer & { error?: { message?: string } }
    if (response.ok) return answer
    throw new CliError(
      `HTTP ${response.status}: ${answer.error?.message ?? 'no telemetry server answered'}`,
      {
        hint:
          response.status === 401 ? 'Check MOSAIC_TELEMETRY_ADMIN_TOKEN.' : 'Check --server-url and the id.',
      },
    )
  }

  return {
    createInstance: ({ name, instanceId }) => ask('POST', 'instances', { name, instance_id: instanceId }),
    listInstances: async () => (await ask<{ instances: InstanceView[] }>('GET', 'instances')).instances,
    createKey: (instanceId, { label, expiresAt }) =>
      ask('POST', `instances/${encodeURIComponent(instanceId)}/keys`, { label, expires_at: expiresAt }),
    listKeys: async (instanceId) =>
      (await ask<{ keys: KeyView[] }>('GET', `instances/${encodeURIComponent(instanceId)}/keys`)).keys,
    revokeKey: (keyId) => ask('DELETE', `keys/${encodeURIComponent(keyId)}`),
  }
}
