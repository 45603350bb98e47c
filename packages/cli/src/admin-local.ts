import {
  administration,
  describeApiKey,
  describeInstance,
  openStore,
  type StorePlace,
} from '@mosaicstack/telemetry-server'

import type { AdminGateway } from './admin-gateway.ts'
import { CliError } from './cli-error.ts'

/** Administers a store beside the servers that may be running on it. */
export async function withLocalGateway<Result>(
  place: StorePlace,
  work: (gateway: AdminGateway) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(place)
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
      throw new CliError(`there is an instance ${wanted.instanceId} already, or there was one`, {
        hint: 'Leave --instance-id out to get a new one.',
      })
    },
    listInstances: async () => (await admin.listInstances()).map(describeInstance),
    async deleteInstance(instanceId) {
      const deleted = await admin.deleteInstance(instanceId)
      if (deleted === undefined) throw noInstance(instanceId)
      return { instance_id: instanceId, deleted_events: deleted.events }
    },
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
