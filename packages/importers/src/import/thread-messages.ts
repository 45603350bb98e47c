import type { FileProgress } from './file-table.ts'
import type { FoundLog } from './find-logs.ts'
import type { LinesPart } from './gather-lines.ts'

/** So many bundles may be on their way: enough to keep both threads busy, and a bound for memory. */
export const BUNDLES_AHEAD = 4

/** What a bundle stands for at least, in bytes of logs. Every message wakes a thread, which may cost this one its turn. */
export const BUNDLE_BYTES = 6 * 1024 * 1024

export interface ThreadJob {
  readonly id: number
  /** Which of `importers`. */
  readonly importer: number
  readonly log: FoundLog
  readonly progress: FileProgress
}

export type ThreadMessage =
  | { readonly kind: 'jobs'; readonly jobs: readonly ThreadJob[] }
  /** A bundle was taken: another one may come. */
  | { readonly kind: 'taken' }

/** The thread sends them in bundles: a list as JSON, which costs half of what the runtime's way of copying does. */
export type ThreadAnswer =
  | { readonly id: number; readonly kind: 'part'; readonly part: LinesPart }
  | {
      readonly id: number
      readonly kind: 'failed'
      readonly message: string
      readonly code: string | undefined
    }
