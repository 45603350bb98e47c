/** What is saved: all that the forecast has learned, and what it published last, for processes that do not learn. */
export type StateName = 'forecast_learner' | 'forecast_published'

/** A state to be saved in the place of the last one of its name. */
export interface StateToSave {
  /** Position of the last event that the state knows. */
  readonly position: number
  /** Number of the last deletion that its making knew of. */
  readonly deletionNo: number
  readonly bytes: Uint8Array
}

export interface SavedState {
  /** Grows with every save of that name. */
  readonly revision: number
  readonly position: number
  readonly bytes: Uint8Array
}
