import { randomUUID } from 'node:crypto'

import type { ApiKey, DeletedEvents, Instance, Store } from '../storage/store.ts'
import { newApiKey } from './secrets.ts'

/** What the admin API and the command line do with instances and keys. */
export interface Administration {
  /** @returns `undefined` where an instance of that id exists already. */
  createInstance(wanted: { name: string | null; instanceId: string | null }): Promise<Instance | undefined>
  listInstances(): Promise<readonly Instance[]>
  /** Deletes an instance and all it sent. @returns `undefined` where there is no such instance. */
  deleteInstance(instanceId: string): Promise<DeletedEvents | undefined>
  /** @returns the key and its secret, the only time it is seen; `undefined` where there is no such instance. */
  createKey(
    instanceId: string,
    wanted: { label: string | null; expiresAtMs: number | null },
  ): Promise<{ readonly key: ApiKey; readonly apiKey: string } | undefined>
  /** @returns `undefined` where there is no such instance. */
  listKeys(instanceId: string): Promise<readonly ApiKey[] | undefined>
  /** @returns `undefined` where there is no such key. */
  revokeKey(keyId: string): Promise<ApiKey | undefined>
}

/** What is awaited after a change, so that it has come into force when the caller is told so. */
export interface AdministrationEffects {
  readonly onKeysChanged: () => Promise<void>
  readonly onInstanceDeleted: () => Promise<void>
}

const noEffects: AdministrationEffects = { onKeysChanged: async () => {}, onInstanceDeleted: async () => {} }

export function administration(
  store: Store,
  nowMs: () => number,
  { onKeysChanged, onInstanceDeleted }: AdministrationEffects = noEffects,
): Administration {
  return {
    createInstance: ({ name, instanceId }) =>
      store.createInstance({
        instanceId: instanceId?.toLowerCase() ?? randomUUID(),
        name,
        createdAtMs: nowMs(),
      }),

    listInstances: () => store.listInstances(),

    async deleteInstance(instanceId) {
      const deleted = await store.deleteInstance(instanceId.toLowerCase(), nowMs())
      if (deleted !== undefined) await onInstanceDeleted()
      return deleted
    },

    async createKey(instanceId, { label, expiresAtMs }) {
      const instance = await store.findInstance(instanceId.toLowerCase())
      if (instance === undefined) return undefined

      const { apiKey, sha256, prefix } = newApiKey()
      const key = await store.createKey({
        keyId: randomUUID(),
        instanceNo: instance.instanceNo,
        sha256,
        prefix,
        label,
        createdAtMs: nowMs(),
        expiresAtMs,
      })
      await onKeysChanged()
      return { key, apiKey }
    },

    async listKeys(instanceId) {
      const instance = await store.findInstance(instanceId.toLowerCase())
      return instance && store.listKeys(instance.instanceId)
    },

    async revokeKey(keyId) {
      const key = await store.revokeKey(keyId, nowMs())
      await onKeysChanged()
      return key
    },
  }
}

/** An instance as the API shows it. */
export function describeInstance(instance: Instance) {
  return {
    instance_id: instance.instanceId,
    name: instance.name,
    created_at: isoTime(instance.createdAtMs),
    /** How much predictions count it: 1 fully, 0 not at all. */
    trust: instance.trust,
  }
}

/** A key as the API shows it: never the key itself. */
export function describeApiKey(key: ApiKey) {
  return {
    key_id: key.keyId,
    instance_id: key.instanceId,
    label: key.label,
    prefix: key.prefix,
    created_at: isoTime(key.createdAtMs),
    last_used_at: isoTime(key.lastUsedAtMs),
    expires_at: isoTime(key.expiresAtMs),
    revoked_at: isoTime(key.revokedAtMs),
  }
}

function isoTime(timeMs: number): string
function isoTime(timeMs: number | null): string | null
function isoTime(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString()
}
