import { ask } from './ask.ts'

/** An instance, as `GET /v1/admin/instances` describes it. */
export interface AdminInstance {
  readonly instance_id: string
  readonly name: string | null
  readonly created_at: string
  /** How much predictions count it, 0 to 1. */
  readonly trust: number
}

/** A key without its secret. */
export interface AdminKey {
  readonly key_id: string
  readonly label: string | null
  /** The first characters of the key, by which its owner recognises it. */
  readonly prefix: string
  readonly last_used_at: string | null
  readonly created_at: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
}

/** The only sight of `api_key`. */
export interface CreatedKey extends AdminKey {
  readonly api_key: string
}

const INSTANCES = 'v1/admin/instances'

export const adminApi = {
  instances: (signal?: AbortSignal) =>
    ask<{ readonly instances: readonly AdminInstance[] }>({ path: INSTANCES }, signal),
  createInstance: (name: string) =>
    ask<AdminInstance>({ method: 'POST', path: INSTANCES, body: name === '' ? {} : { name } }),
  deleteInstance: (id: string) =>
    ask<{ readonly deleted_events: number }>({ method: 'DELETE', path: `${INSTANCES}/${id}` }),
  keys: (instanceId: string, signal?: AbortSignal) =>
    ask<{ readonly keys: readonly AdminKey[] }>({ path: `${INSTANCES}/${instanceId}/keys` }, signal),
  createKey: (instanceId: string, label: string) =>
    ask<CreatedKey>({
      method: 'POST',
      path: `${INSTANCES}/${instanceId}/keys`,
      body: label === '' ? {} : { label },
    }),
  revokeKey: (keyId: string) => ask<AdminKey>({ method: 'DELETE', path: `v1/admin/keys/${keyId}` }),
}
