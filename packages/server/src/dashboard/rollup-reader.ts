import type { DashboardDimension, DashboardFreshness } from '@mosaicstack/telemetry-client/protocol'

import { ModelNames } from '../predictions/model-names.ts'
import {
  complexityCodes,
  type EnumCodec,
  harnessCodes,
  providerCodes,
  taskTypeCodes,
} from '../storage/enum-codes.ts'
import type { RollupSum } from '../storage/rollup-columns.ts'
import type { RollupDimension, RollupQuery, RollupRow } from '../storage/rollup-store.ts'
import type { Store } from '../storage/store.ts'
import type { Selection } from './selection.ts'

/** Sums of one group of tasks; a name that was not asked for is not there. */
export type Sums = Record<RollupSum, number>

/** One group of tasks. */
export interface SummedRow {
  /** First day of its bucket; 0 where nobody asked for buckets. */
  readonly bucket: number
  /** In the words of the protocol, in the order of the dimensions asked for. */
  readonly keys: readonly string[]
  readonly sums: Readonly<Sums>
}

export interface RowsWanted {
  readonly bucket?: 'day' | 'week'
  readonly by: readonly DashboardDimension[]
  readonly sums: readonly RollupSum[]
}

const codecs: Readonly<Record<Exclude<RollupDimension, 'model'>, EnumCodec>> = {
  provider: providerCodes,
  harness: harnessCodes,
  task_type: taskTypeCodes,
  complexity: complexityCodes,
}

/** 1970 to 2243: all that a server can have stored. */
export const ALL_DAYS = { fromDay: 0, toDay: 100_000 }

/**
 * Reads the rollups in the protocol's words. The store keeps models as they were sent, so that what is stored never depends
 * on how names are compared; they become one here.
 */
export class RollupReader {
  readonly #store: Pick<Store, 'sumRollups' | 'rollupState'>
  readonly #models = new ModelNames()

  constructor(store: Pick<Store, 'sumRollups' | 'rollupState'>) {
    this.#store = store
  }

  async freshness(): Promise<DashboardFreshness> {
    const { newestReceivedAtMs, pendingEvents } = await this.#store.rollupState()
    return {
      changed_at: newestReceivedAtMs === null ? null : new Date(newestReceivedAtMs).toISOString(),
      pending_events: pendingEvents,
    }
  }

  async rows(
    selection: Pick<Selection, 'fromDay' | 'toDay' | 'only'>,
    wanted: RowsWanted,
  ): Promise<readonly SummedRow[]> {
    const query: RollupQuery = {
      fromDay: selection.fromDay,
      toDay: selection.toDay,
      by: [...(wanted.bucket === undefined ? [] : [wanted.bucket]), ...wanted.by],
      sums: wanted.sums,
      only: await this.#codesOf(selection.only),
    }
    const rows = await this.#store.sumRollups(query)
    return rows.map((row) => ({
      bucket: wanted.bucket === undefined ? 0 : Number(row[wanted.bucket]),
      keys: wanted.by.map((dimension) => this.#keyOf(row, dimension)),
      sums: Object.fromEntries(wanted.sums.map((name) => [name, Number(row[name])])),
    }))
  }

  async #codesOf(only: Selection['only']): Promise<RollupQuery['only']> {
    const codes: Partial<Record<RollupDimension, readonly number[]>> = {}
    for (const dimension of Object.keys(codecs) as (keyof typeof codecs)[]) {
      const codec = codecs[dimension]
      const found = only[dimension]?.map((word) => codec.find(word))
      if (found !== undefined) codes[dimension] = found.filter((code) => code !== undefined)
    }
    if (only.model !== undefined) codes.model = await this.#modelNumbers(only.model)
    return codes
  }

  /** Numbers of all spellings of some models that were ever sent. */
  async #modelNumbers(models: readonly string[]): Promise<readonly number[]> {
    const wanted = new Set(models.map((model) => this.#models.canonical(model)))
    const rows = await this.#store.sumRollups({ ...ALL_DAYS, by: ['model'], sums: ['tasks'], only: {} })
    return rows.filter((row) => wanted.has(this.#keyOf(row, 'model'))).map((row) => Number(row['model']))
  }

  #keyOf(row: RollupRow, dimension: DashboardDimension): string {
    return dimension === 'model'
      ? this.#models.canonical(String(row['model_name']))
      : codecs[dimension].decode(Number(row[dimension]))
  }
}
