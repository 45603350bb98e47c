import type { MinInstances } from '../predictions/min-instances.ts'
import type { ObservationSource } from '../storage/observation-source.ts'

/** What the forecast's thread starts with. */
export interface ForecastThreadData {
  readonly source: ObservationSource
  readonly minInstances: MinInstances
  readonly windowDays: number
}
