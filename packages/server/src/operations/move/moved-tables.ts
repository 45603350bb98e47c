/** A table that is carried over as it is: the same names, columns and numbers in both engines. */
export interface MovedTable {
  readonly name: string
  /** What one transaction takes; a row of some tables is kilobytes. */
  readonly rowsAtOnce: number
  /** Columns that only the target has, and what stands in them. */
  readonly added?: Readonly<Record<string, number>>
}

/** In an order that foreign keys allow. Words and instances keep their numbers, so nothing has to be translated. */
export const MOVED_TABLES: readonly MovedTable[] = [
  { name: 'instances', rowsAtOnce: 500 },
  { name: 'deleted_instances', rowsAtOnce: 500 },
  { name: 'instance_trust', rowsAtOnce: 500 },
  { name: 'api_keys', rowsAtOnce: 500 },
  { name: 'words', rowsAtOnce: 2000 },
  { name: 'events', rowsAtOnce: 2000 },
  { name: 'pruned_events', rowsAtOnce: 5000 },
  { name: 'prediction_units', rowsAtOnce: 200, added: { version: 1 } },
  { name: 'saved_states', rowsAtOnce: 1 },
  { name: 'rollups', rowsAtOnce: 500 },
  { name: 'rollup_sources', rowsAtOnce: 500 },
  { name: 'runs', rowsAtOnce: 200 },
  { name: 'run_counts', rowsAtOnce: 500 },
  { name: 'run_events', rowsAtOnce: 200 },
  { name: 'otlp_sessions', rowsAtOnce: 1000 },
  { name: 'otlp_requests', rowsAtOnce: 1000 },
  { name: 'otlp_marks', rowsAtOnce: 1000 },
  { name: 'otlp_points', rowsAtOnce: 1000 },
  { name: 'otlp_settled_prompts', rowsAtOnce: 1000 },
]

/** `run_start_days` helps SQLite find its way and has no counterpart; the positions in `projections` are set at the end. */
export const NOT_MOVED = ['run_start_days', 'projections']
