import {
  Complexity,
  type PredictionQuery,
  Provider,
  providerOfModel,
  TaskType,
} from '@mosaicstack/telemetry-client/protocol'

import { words } from '../format/names.ts'
import { readForecastQuery } from './forecast-query.ts'

const complexityHints: Readonly<Record<Complexity, string>> = {
  low: 'low: a typo',
  medium: 'medium: a feature',
  high: 'high: many files',
  critical: 'critical: the architecture',
}

/** The four dimensions of a task and its budget. Every change is answered at once. */
export function ForecastForm({
  asked,
  models,
  onChange,
}: {
  readonly asked: PredictionQuery
  readonly models: readonly string[]
  readonly onChange: (asked: PredictionQuery) => void
}) {
  const setModel = (text: string) => {
    const model = text.trim()
    if (model !== '') onChange({ ...asked, model, provider: providerOfModel(model) })
  }
  const setBudget = (name: 'budget' | 'minutes', text: string) => {
    const { budget_cost_usd_micros: cost, budget_duration_ms: duration, ...task } = asked
    const kept = name === 'budget' ? { budget_duration_ms: duration } : { budget_cost_usd_micros: cost }
    const { budget_cost_usd_micros: newCost, budget_duration_ms: newDuration } = readForecastQuery(
      new URLSearchParams({ [name]: text }),
    )
    const given =
      name === 'budget' ? { budget_cost_usd_micros: newCost } : { budget_duration_ms: newDuration }
    onChange({ ...task, ...kept, ...given })
  }
  return (
    <form class="card forecast-form" onSubmit={(event) => event.preventDefault()} aria-label="The task">
      <label class="field">
        <span>Kind of task</span>
        <Options
          values={Object.values(TaskType)}
          chosen={asked.task_type}
          nameOf={words}
          onChoose={(type) => onChange({ ...asked, task_type: type })}
        />
      </label>
      <label class="field field-wide">
        <span>Model</span>
        <input
          list="known-models"
          value={asked.model}
          maxLength={200}
          spellcheck={false}
          onChange={(event) => setModel(event.currentTarget.value)}
        />
        <datalist id="known-models">
          {models.map((model) => (
            <option key={model} value={model} />
          ))}
        </datalist>
      </label>
      <label class="field">
        <span>Provider</span>
        <Options
          values={Object.values(Provider)}
          chosen={asked.provider}
          nameOf={words}
          onChoose={(provider) => onChange({ ...asked, provider })}
        />
      </label>
      <label class="field">
        <span>Complexity</span>
        <Options
          values={Object.values(Complexity)}
          chosen={asked.complexity}
          nameOf={(complexity) => complexityHints[complexity]}
          onChoose={(complexity) => onChange({ ...asked, complexity })}
        />
      </label>
      <label class="field">
        <span>Budget, US dollars</span>
        <input
          type="number"
          min="0"
          step="any"
          inputMode="decimal"
          placeholder="none"
          value={shown(asked.budget_cost_usd_micros, 1_000_000)}
          onChange={(event) => setBudget('budget', event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Time limit, minutes</span>
        <input
          type="number"
          min="0"
          step="any"
          inputMode="decimal"
          placeholder="none"
          value={shown(asked.budget_duration_ms, 60_000)}
          onChange={(event) => setBudget('minutes', event.currentTarget.value)}
        />
      </label>
    </form>
  )
}

function shown(value: number | null | undefined, unit: number): string {
  return typeof value === 'number' ? String(value / unit) : ''
}

function Options<Value extends string>({
  values,
  chosen,
  nameOf,
  onChoose,
}: {
  readonly values: readonly Value[]
  readonly chosen: Value
  readonly nameOf: (value: Value) => string
  readonly onChoose: (value: Value) => void
}) {
  return (
    <select
      value={chosen}
      onChange={(event) => {
        const value = values.find((each) => each === event.currentTarget.value)
        if (value !== undefined) onChoose(value)
      }}
    >
      {values.map((value) => (
        <option key={value} value={value}>
          {nameOf(value)}
        </option>
      ))}
    </select>
  )
}
