import type {
  EstimatesAnswer,
  EstimateSums,
  GatesAnswer,
  HealthAnswer,
  ModelWorth,
  RunRecord,
  SpendAnswer,
  WorthAnswer,
} from '@mosaicstack/telemetry-client/protocol'

import type { Table } from './csv.ts'

/** In the place of a key: all the rest together. */
const REST = '(rest)'

export function spendTable({ by, buckets, series }: SpendAnswer): Table {
  return {
    columns: ['from', by, 'tasks', 'cost_usd_micros'],
    rows: buckets.flatMap((bucket, index) =>
      series.map(({ key, tasks, cost_usd_micros }) => [
        bucket,
        key ?? REST,
        tasks[index],
        cost_usd_micros[index],
      ]),
    ),
  }
}

export function worthTable({ models, by_task_type }: WorthAnswer): Table {
  return {
    columns: [
      'task_type',
      'model',
      'tasks',
      'successes',
      'tasks_without_cost',
      'success_rate',
      'success_rate_low',
      'success_rate_high',
      'cost_per_task_usd_micros',
      'cost_per_success_usd_micros',
      'cost_per_success_usd_micros_low',
      'cost_per_success_usd_micros_high',
      'mean_duration_ms',
    ],
    rows: [
      ...worthRows('', models),
      ...by_task_type.flatMap(({ task_type, models: ofType }) => worthRows(task_type, ofType)),
    ],
  }
}

const ESTIMATE_COLUMNS = [
  'tasks',
  'estimated',
  'actual',
  'correction',
  'p10',
  'median',
  'p90',
] as const satisfies readonly (keyof EstimateSums)[]

function worthRows(taskType: string, worth: readonly ModelWorth[]): Table['rows'] {
  return worth.map((each) => [
    taskType,
    each.model,
    each.tasks,
    each.successes,
    each.tasks_without_cost,
    each.success_rate.value,
    each.success_rate.low,
    each.success_rate.high,
    each.cost_per_task_usd_micros,
    each.cost_per_success_usd_micros?.value,
    each.cost_per_success_usd_micros?.low,
    each.cost_per_success_usd_micros?.high,
    each.mean_duration_ms,
  ])
}

export function estimatesTable({ by, breakdown }: EstimatesAnswer): Table {
  const metrics = ['input_tokens', 'output_tokens', 'cost_usd_micros'] as const
  return {
    columns: [
      by,
      'tasks',
      ...metrics.flatMap((metric) => ESTIMATE_COLUMNS.map((name) => `${metric}_${name}`)),
    ],
    rows: breakdown.map((row) => [
      row.key ?? REST,
      row.tasks,
      ...metrics.flatMap((metric) => ESTIMATE_COLUMNS.map((name) => row.metrics[metric][name])),
    ]),
  }
}

export function gatesTable({ by, breakdown }: GatesAnswer): Table {
  return {
    columns: [by, 'tasks', 'tasks_with_gates', 'passed', 'pass_rate', 'pass_rate_low', 'pass_rate_high'],
    rows: breakdown.map(({ key, tasks, tasks_with_gates, passed, pass_rate }) => [
      key ?? REST,
      tasks,
      tasks_with_gates,
      passed,
      pass_rate?.value,
      pass_rate?.low,
      pass_rate?.high,
    ]),
  }
}

export function healthTable({ sources }: HealthAnswer): Table {
  const columns = [
    'instance_id',
    'name',
    'harness',
    'last_day',
    'events_today',
    'events_7d',
    'events_30d',
    'events_total',
    'trust',
  ] as const
  return { columns, rows: sources.map((source) => columns.map((column) => source[column])) }
}

export function runsTable(runs: readonly RunRecord[]): Table {
  const columns = [
    'event_id',
    'run_id',
    'agent_name',
    'job_type',
    'status',
    'start_time',
    'end_time',
    'duration_ms',
    'items_succeeded',
    'items_failed',
    'error_summary',
    'commit_url',
  ] as const
  return { columns, rows: runs.map((run) => columns.map((column) => run[column])) }
}
