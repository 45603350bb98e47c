/** What the forecast's thread starts with. */
export interface ForecastThreadData {
  /** The database file. */
  readonly file: string
  readonly minInstances: 'auto' | number
  readonly windowDays: number
}
