import type { SerializableOptions } from '../settings.ts'

/** What a cost process measures; each in a process of its own, because each spoils the others. */
export type CostTask = 'import' | 'call' | 'held' | 'throughput'

export interface CostChildInput {
  readonly task: CostTask
  readonly sdk: string
  readonly options: SerializableOptions
  readonly events: number
}

export type CostChildReport =
  | { readonly kind: 'starting' }
  | { readonly kind: 'imported'; readonly importMs: number }
  | { readonly kind: 'called'; readonly medianUs: number; readonly p999Us: number; readonly timerUs: number }
  | { readonly kind: 'held'; readonly bytesPerEvent: number }
  | { readonly kind: 'worked'; readonly cpuS: number }

/** The tasks as the command line names them, in the order they run. */
export const COST_TASKS: readonly { readonly name: CostTask }[] = [
  { name: 'import' },
  { name: 'call' },
  { name: 'held' },
  { name: 'throughput' },
]
