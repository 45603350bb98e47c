import type { FileProgress } from './file-table.ts'
import type { FoundLog } from './find-logs.ts'

/** So many parts may be on their way: enough to keep both threads busy, and a bound for memory. */
export const PARTS_AHEAD = 8

export type ThreadMessage =
  | {
      readonly kind: 'job'
      readonly id: number
      /** Which of `importers`. */
      readonly importer: number
      readonly log: FoundLog
      readonly progress: FileProgress
    }
  /** A part was taken: another one may come. */
  | { readonly kind: 'taken' }

export type ThreadAnswer =
  | {
      readonly kind: 'part'
      readonly id: number
      /** A `LinesPart`. */
      readonly json: string
      readonly isLast: boolean
    }
  | {
      readonly kind: 'failed'
      readonly id: number
      readonly message: string
      readonly code: string | undefined
    }
