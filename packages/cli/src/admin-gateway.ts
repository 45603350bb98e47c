import type { describeApiKey, describeInstance } from '@mosaicstack/telemetry-server'

export type InstanceView = ReturnType<typeof describeInstance>
export type KeyView = ReturnType<typeof describeApiKey>

export interface DeletedView {
  readonly instance_id: string
  readonly deleted_events: number
}

/** Administration from the command line: on this machine's store, or through a server's admin API. */
export interface AdminGateway {
  createInstance(wanted: { name: string | null; instanceId: string | null }): Promise<InstanceView>
  listInstances(): Promise<readonly InstanceView[]>
  /** Deletes an instance and everything it sent. */
  deleteInstance(instanceId: string): Promise<DeletedView>
  createKey(
    instanceId: string,
    wanted: { label: string | null; expiresAt: string | null },
  ): Promise<KeyView & { readonly api_key: string }>
  listKeys(instanceId: string): Promise<readonly KeyView[]>
  revokeKey(keyId: string): Promise<KeyView>
}
