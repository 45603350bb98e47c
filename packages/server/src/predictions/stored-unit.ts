import type { Cell } from './level-rules.ts'

/** What tells units apart. */
export interface UnitKey extends Cell {
  readonly instanceId: string
  /** UTC days since 1970 of `received_at`; of a week that is closed, its first day (`TimeBuckets`). */
  readonly day: number
}

/** The stored row of one unit. Its model is canonical. */
export interface StoredUnit extends UnitKey {
  /** In the form of `sample-codec.ts` or `sketched-codec.ts`; empty asks to remove the row. */
  readonly samples: Uint8Array
}

/** The key as one word, by which units are ordered where they are handed out. */
export function unitKey({ taskType, model, provider, complexity, instanceId, day }: UnitKey): string {
  return `${taskType}\0${model}\0${provider}\0${complexity}\0${instanceId}\0${day}`
}

/** The cell alone. */
export function cellOf({ taskType, model, provider, complexity }: Cell): Cell {
  return { taskType, model, provider, complexity }
}
