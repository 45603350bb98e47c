import type { ModelWorth, TaskType, WorthAnswer } from '@mosaicstack/telemetry-client/protocol'

import type { RollupSum } from '../../storage/rollup-columns.ts'
import { groupBy, MAX_KEYS } from '../grouping.ts'
import { costPerSuccess, shareInterval } from '../intervals.ts'
import type { RollupReader, SummedRow, Sums } from '../rollup-reader.ts'
import { rangeOf, type Selection } from '../selection.ts'

const SUMS: readonly RollupSum[] = [
  'tasks',
  'successes',
  'tasks_with_cost',
  'successes_with_cost',
  'cost_usd_micros',
  'cost_of_successes',
  'cost_squares',
  'duration_ms',
]

/** From here on two models can be compared. */
const ENOUGH_TASKS = 10
const ENOUGH_SUCCESSES = 5

/** Which model is worth its money? */
export async function worth(reader: RollupReader, selection: Selection): Promise<WorthAnswer> {
  const [freshness, rows] = await Promise.all([
    reader.freshness(),
    reader.rows(selection, { by: ['model', 'task_type'], sums: SUMS }),
  ])
  const taskTypes = [...groupBy(rows, SUMS, ({ keys }) => keys[1] ?? '')]
    .map(([taskType, sums]) => ({ taskType, tasks: sums['tasks'] ?? 0 }))
    .sort((a, b) => b.tasks - a.tasks)
  return {
    range: rangeOf(selection),
    freshness,
    models: modelsOf(rows),
    by_task_type: taskTypes.map(({ taskType }) => ({
      task_type: taskType as TaskType,
      models: modelsOf(rows.filter(({ keys }) => keys[1] === taskType)),
    })),
  }
}

function modelsOf(rows: readonly SummedRow[]): readonly ModelWorth[] {
  return [...groupBy(rows, SUMS, ({ keys }) => keys[0] ?? '')]
    .map(([model, sums]) => worthOf(model, sums))
    .sort((a, b) => b.tasks - a.tasks || (a.model < b.model ? -1 : 1))
    .slice(0, MAX_KEYS)
}

function worthOf(model: string, sums: Sums): ModelWorth {
  const of = (name: RollupSum) => sums[name] ?? 0
  const [tasks, successes, withCost] = [of('tasks'), of('successes'), of('tasks_with_cost')]
  return {
    model,
    tasks,
    successes,
    tasks_without_cost: tasks - withCost,
    success_rate: shareInterval(successes, tasks) ?? { value: 0, low: 0, high: 1 },
    cost_per_task_usd_micros: withCost === 0 ? null : Math.round(of('cost_usd_micros') / withCost),
    cost_per_success_usd_micros: costPerSuccess({
      tasks: withCost,
      successes: of('successes_with_cost'),
      costUsdMicros: of('cost_usd_micros'),
      costOfSuccesses: of('cost_of_successes'),
      costSquares: of('cost_squares'),
    }),
    mean_duration_ms: tasks === 0 ? 0 : Math.round(of('duration_ms') / tasks),
    is_enough: tasks >= ENOUGH_TASKS && successes >= ENOUGH_SUCCESSES,
  }
}
