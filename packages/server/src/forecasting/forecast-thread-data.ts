import type { MinInstances } from '../predictions/min-instances.ts'

/** What the forecast's thread starts with. */
export interface ForecastThreadData {
  /** The database file. */
  readonly file: string
  readonly minInstances: MinInstances
  readonly windowDays: number
}
