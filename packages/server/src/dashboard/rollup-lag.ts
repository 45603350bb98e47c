import { Gauge, type Registry } from 'prom-client'

import type { Store } from '../storage/store.ts'

/** Tells `/metrics` how far the dashboard's numbers are behind. */
export function gaugeRollupLag(registry: Registry, store: Pick<Store, 'rollupState'>): void {
  const pending: Gauge = new Gauge({
    name: 'mosaic_dashboard_events_pending',
    help: 'Stored events that are not in the numbers of the dashboard yet, counted up to 100,000; NaN while the store does not answer.',
    registers: [registry],
    async collect(): Promise<void> {
      const state = await store.rollupState().catch(() => undefined)
      pending.set(state?.pendingEvents ?? Number.NaN)
    },
  })
}
