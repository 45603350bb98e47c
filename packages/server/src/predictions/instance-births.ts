import type { Store } from '../storage/store.ts'

/** When instances were created, as of the last look. */
export class InstanceBirths {
  readonly #store: Pick<Store, 'listInstances'>
  #createdAtMs: ReadonlyMap<string, number> = new Map()

  constructor(store: Pick<Store, 'listInstances'>) {
    this.#store = store
  }

  async refresh(): Promise<void> {
    const instances = await this.#store.listInstances()
    this.#createdAtMs = new Map(instances.map(({ instanceId, createdAtMs }) => [instanceId, createdAtMs]))
  }

  /** Epoch milliseconds; undefined for one that was created since. */
  readonly createdAtMs = (instanceId: string): number | undefined => this.#createdAtMs.get(instanceId)
}
