import { Complexity, type PredictionQuery, Provider, TaskType } from '@mosaicstack/telemetry-client/protocol'

/** What the page's address says of a task; the model may be missing, and the provider follows from the model then. */
export type AskedForecast = Omit<PredictionQuery, 'model' | 'provider'> & {
  readonly model: string | undefined
  readonly provider: Provider | undefined
}

/** Reads the task of a page's address. */
export function readForecastQuery(query: URLSearchParams): AskedForecast {
  const model = query.get('of_model')?.trim()
  return {
    task_type: oneOf(TaskType, query.get('of_type')) ?? 'implementation',
    complexity: oneOf(Complexity, query.get('of_complexity')) ?? 'medium',
    model: model === undefined || model === '' ? undefined : model,
    provider: oneOf(Provider, query.get('of_provider')),
    ...budget('budget_cost_usd_micros', query.get('budget'), 1_000_000),
    ...budget('budget_duration_ms', query.get('minutes'), 60_000),
  }
}

/** The page's address for a task. */
export function writeForecastQuery(asked: PredictionQuery): URLSearchParams {
  const query = new URLSearchParams({
    view: 'forecast',
    of_type: asked.task_type,
    of_model: asked.model,
    of_provider: asked.provider,
    of_complexity: asked.complexity,
  })
  const { budget_cost_usd_micros: cost, budget_duration_ms: duration } = asked
  if (typeof cost === 'number') query.set('budget', String(cost / 1_000_000))
  if (typeof duration === 'number') query.set('minutes', String(duration / 60_000))
  return query
}

function oneOf<Value extends string>(
  values: Readonly<Record<string, Value>>,
  text: string | null,
): Value | undefined {
  return Object.values(values).find((value) => value === text)
}

/** A limit in a person's unit, turned into whole numbers of the metric's own. Nothing where it cannot be one. */
function budget<Name extends string>(
  name: Name,
  text: string | null,
  factor: number,
): { readonly [name in Name]?: number } {
  const value = Math.round(Number(text) * factor)
  const isLimit = text !== null && Number.isSafeInteger(value) && value > 0
  return (isLimit ? { [name]: value } : {}) as { readonly [name in Name]?: number }
}
