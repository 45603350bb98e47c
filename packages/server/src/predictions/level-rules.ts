/** The four dimensions that describe a task, the model under its canonical name. */
export interface Cell {
  readonly taskType: string
  readonly model: string
  readonly provider: string
  readonly complexity: string
}

/** One step of the fallback chain. */
export interface LevelRule {
  /** Dimensions that must match. */
  readonly kept: readonly (keyof Cell)[]
  /** Shown to the reader of an answer; null on an exact match. */
  readonly note: string | null
}

const NOT_ENOUGH = 'Not enough data for an exact match'

/** Tried from first to last. The model explains most of what a task takes, so it is the last single dimension to go. */
export const levelRules: readonly LevelRule[] = [
  { kept: ['taskType', 'model', 'provider', 'complexity'], note: null },
  { kept: ['taskType', 'model', 'provider'], note: `${NOT_ENOUGH}: ignored complexity` },
  { kept: ['taskType', 'model'], note: `${NOT_ENOUGH}: ignored complexity and provider` },
  { kept: ['model'], note: `${NOT_ENOUGH}: ignored task_type, provider and complexity` },
  { kept: ['taskType'], note: `${NOT_ENOUGH}: ignored model, provider and complexity` },
  { kept: [], note: `${NOT_ENOUGH}: used all tasks and models` },
]

/** The note of an answer without data. */
export const NO_DATA_NOTE = 'No data yet'

/** The number of dimensions that a rule gives up, 0 to 4. */
export function fallbackLevel(rule: LevelRule): number {
  return 4 - rule.kept.length
}

/** The key of the last level, which everything belongs to. */
export const ALL_TASKS = ''

/** Keys of the levels that a cell belongs to, index for index with `levelRules`. */
export function levelKeys(cell: Cell): readonly string[] {
  // The first part tells `{model: x}` from `{taskType: x}`.
  return levelRules.map((rule) => [rule.kept.join(), ...rule.kept.map((name) => cell[name])].join('\0'))
}
