import { complexityCodes, providerCodes, taskTypeCodes } from '../storage/enum-codes.ts'
import { columnIndex, EVENT_STRIDE } from '../storage/event-columns.ts'
import type { EventRows } from '../storage/event-rows.ts'
import type { Cells, CellUnits } from './cells.ts'
import type { ModelNames } from './model-names.ts'

/** Cells remembered by code. Beyond it the memory starts anew: spellings of models come from outside. */
const MAX_REMEMBERED = 16_384

/** Finds the cells of rows by what rows hold: a spelling of the model, and numbers, of which no text is made. */
export class CellsByCode {
  readonly #cells: Cells
  readonly #models: ModelNames
  /** By the spelling of the model, then by `codeOf`. Cells may be closed by now. */
  readonly #known = new Map<string, Map<number, CellUnits>>()
  #remembered = 0

  constructor(cells: Cells, models: ModelNames) {
    this.#cells = cells
    this.#models = models
  }

  /** The cell of a row, opened if it is not there. */
  open({ values, texts }: EventRows, row: number): CellUnits {
    const start = row * EVENT_STRIDE
    const model = texts[values[start + MODEL] as number] as string
    const taskType = values[start + TASK_TYPE] as number
    const provider = values[start + PROVIDER] as number
    const complexity = values[start + COMPLEXITY] as number

    const code = (taskType * PROVIDERS + provider) * COMPLEXITIES + complexity
    const known = this.#known.get(model)?.get(code)
    // A cell without units is closed, or about to get its first.
    if (known !== undefined && known.unitCount > 0) return known

    const cell = this.#cells.open({
      taskType: taskTypeCodes.decode(taskType),
      model: this.#models.canonical(model),
      provider: providerCodes.decode(provider),
      complexity: complexityCodes.decode(complexity),
    })
    this.#remember(model, code, cell)
    return cell
  }

  #remember(model: string, code: number, cell: CellUnits): void {
    if (this.#remembered >= MAX_REMEMBERED) {
      this.#known.clear()
      this.#remembered = 0
    }
    const ofModel = this.#known.get(model) ?? new Map<number, CellUnits>()
    this.#known.set(model, ofModel.set(code, cell))
    this.#remembered++
  }
}

const { task_type: TASK_TYPE, model: MODEL, provider: PROVIDER, complexity: COMPLEXITY } = columnIndex
const PROVIDERS = providerCodes.values.length
const COMPLEXITIES = complexityCodes.values.length
