import type { TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { canonicalModel } from '../predictions/model-name.ts'
import type { Store } from '../storage/store.ts'
import { DAY_MS, NOW_MS } from '../testing/an-observation.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'
import { anyEvent, storeEvents } from '../testing/some-events.ts'
import { estimates } from './panels/estimates.ts'
import { filters } from './panels/filters.ts'
import { gates } from './panels/gates.ts'
import { spend } from './panels/spend.ts'
import { worth } from './panels/worth.ts'
import { RollupReader } from './rollup-reader.ts'
import { isoDay, readSelection, type Selection } from './selection.ts'

const TODAY = Math.floor(NOW_MS / DAY_MS)

for (const engine of ENGINES) {
  describe(`${engine.name}: panels`, () => {
    it('say what a slow look at every event says, for any days, filter and dimension', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      const stored: TaskCompletionEvent[] = []
      const reader = new RollupReader(store)

      await fc.assert(
        fc.asyncProperty(fc.array(anyEvent, { maxLength: 40 }), aSelection, async (events, selection) => {
          const arrived = await storeEvents(store, sender, events, { firstNumber: stored.length + 1 })
          stored.push(...arrived.map(({ event }) => event))
          await foldAll(store)
          const chosen = stored.filter((event) => isChosen(event, selection))

          await expectSpend(reader, selection, chosen)
          await expectWorth(reader, selection, chosen)
          await expectEstimates(reader, selection, chosen)
          await expectGates(reader, selection, chosen)
        }),
        { numRuns: 8 },
      )
    })

    it('know what there is to choose from, and that there is nothing', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const reader = new RollupReader(store)
      const empty = await filters(reader)
      const sender = await createInstance(store, 0)
      await storeEvents(store, sender, [
        { model: 'openrouter/openai/gpt-5', timestamp: '2026-03-04T23:59:59Z' },
        { model: 'gpt-5', harness: 'aider', timestamp: '2026-11-20T00:00:00Z' },
      ])
      await foldAll(store)

      const found = await filters(reader)

      expect(empty).toMatchObject({ first_day: null, last_day: null, values: { model: [], harness: [] } })
      expect(found).toMatchObject({ first_day: '2026-03-04', last_day: '2026-11-20' })
      expect(found.values.model).toEqual([{ value: 'gpt-5', tasks: 2 }])
      expect(found.values.harness).toEqual([
        { value: 'aider', tasks: 1 },
        { value: 'claude_code', tasks: 1 },
      ])
    })
  })
}

it('compares with the same number of days just before', async () => {
  await using database = await ENGINES[0]!.createDatabase()
  const store = await database.open()
  const sender = await createInstance(store, 0)
  await storeEvents(store, sender, [
    { timestamp: '2026-11-19T12:00:00Z', actual_cost_usd_micros: 3 },
    { timestamp: '2026-11-17T12:00:00Z', actual_cost_usd_micros: 4 },
    { timestamp: '2026-11-16T12:00:00Z', actual_cost_usd_micros: 8 },
  ])
  await foldAll(store)

  const answer = await spend(new RollupReader(store), selectionOf({ from: '2026-11-19', to: '2026-11-20' }))

  expect(answer.totals).toMatchObject({ tasks: 1, cost_usd_micros: 3 })
  expect(answer.previous).toMatchObject({ tasks: 1, cost_usd_micros: 4 })
})

it('adds up by weeks what is longer than a quarter, up to the edges of the range', async () => {
  await using database = await ENGINES[0]!.createDatabase()
  const store = await database.open()
  const sender = await createInstance(store, 0)
  const days = ['2026-06-02', '2026-06-03', '2026-06-07', '2026-06-08', '2026-11-18', '2026-11-19']
  await storeEvents(
    store,
    sender,
    days.map((day) => ({ timestamp: `${day}T12:00:00Z` })),
  )
  await foldAll(store)

  const answer = await spend(new RollupReader(store), selectionOf({ from: '2026-06-03', to: '2026-11-18' }))

  expect(answer.range.bucket).toBe('week')
  expect(answer.totals.tasks).toBe(4)
  expect(answer.buckets.slice(0, 2)).toEqual(['2026-06-01', '2026-06-08'])
  expect(answer.buckets.at(-1)).toBe('2026-11-16')
  expect(answer.series[0]?.tasks.slice(0, 2)).toEqual([2, 1])
})

it('names the eight dearest keys and puts the rest together', async () => {
  await using database = await ENGINES[0]!.createDatabase()
  const store = await database.open()
  const sender = await createInstance(store, 0)
  const models = Array.from({ length: 10 }, (_, index) => ({
    model: `model-${index}`,
    actual_cost_usd_micros: 100 - index,
  }))
  await storeEvents(store, sender, models)
  await foldAll(store)

  const { series, breakdown } = await spend(new RollupReader(store), selectionOf({}))

  expect(series.map(({ key }) => key)).toEqual([...models.slice(0, 8).map(({ model }) => model), null])
  expect(series.at(-1)?.cost_usd_micros.at(-1)).toBe(92 + 91)
  expect(breakdown).toHaveLength(10)
})

async function expectSpend(
  reader: RollupReader,
  selection: Selection,
  chosen: readonly TaskCompletionEvent[],
) {
  const answer = await spend(reader, selection)

  expect(answer.totals).toEqual({
    tasks: chosen.length,
    successes: count(chosen, isSuccess),
    tasks_without_cost: count(chosen, (event) => event.actual_cost_usd_micros === 0),
    cost_usd_micros: sum(chosen, (event) => event.actual_cost_usd_micros),
    cost_of_successes_usd_micros: sum(chosen.filter(isSuccess), (event) => event.actual_cost_usd_micros),
    input_tokens: sum(chosen, (event) => event.actual_input_tokens),
    output_tokens: sum(chosen, (event) => event.actual_output_tokens),
    duration_ms: sum(chosen, (event) => event.task_duration_ms),
    retries: sum(chosen, (event) => event.retry_count),
  })
  const costs = Object.fromEntries(answer.breakdown.map(({ key, cost_usd_micros: cost }) => [key, cost]))
  expect(costs).toEqual(sumsBy(chosen, (event) => keyOf(event, selection.by)))
  const byDay = answer.buckets.map((day, index) => [
    day,
    answer.series.reduce((total, { cost_usd_micros: cost }) => total + cost[index]!, 0),
  ])
  const ofDays = sumsBy(chosen, (event) => isoDay(dayOf(event)))
  expect(Object.fromEntries(byDay.filter(([, cost]) => cost !== 0))).toEqual(withoutZeros(ofDays))
}

async function expectWorth(
  reader: RollupReader,
  selection: Selection,
  chosen: readonly TaskCompletionEvent[],
) {
  const answer = await worth(reader, selection)

  for (const row of answer.models) {
    const own = chosen.filter((event) => canonicalModel(event.model) === row.model)
    const costed = own.filter((event) => event.actual_cost_usd_micros > 0)
    const cost = sum(costed, (event) => event.actual_cost_usd_micros)
    expect(row).toMatchObject({
      tasks: own.length,
      successes: count(own, isSuccess),
      tasks_without_cost: own.length - costed.length,
      cost_per_task_usd_micros: costed.length === 0 ? null : Math.round(cost / costed.length),
      mean_duration_ms: Math.round(sum(own, (event) => event.task_duration_ms) / own.length),
    })
    expect(row.success_rate.value).toBeCloseTo(count(own, isSuccess) / own.length, 3)
    const perSuccess = row.cost_per_success_usd_micros
    if (perSuccess === null) continue
    expect(perSuccess.value).toBe(Math.round(cost / count(costed, isSuccess)))
    expect(perSuccess.low).toBeLessThanOrEqual(perSuccess.value)
    expect(perSuccess.high).toBeGreaterThanOrEqual(perSuccess.value)
  }
  expect(answer.models.reduce((total, { tasks }) => total + tasks, 0)).toBe(chosen.length)
  const ofTypes = answer.by_task_type.flatMap(({ task_type: type, models }) =>
    models.map((row) => [`${type} ${row.model}`, row.tasks]),
  )
  expect(Object.fromEntries(ofTypes)).toEqual(
    sumsBy(
      chosen,
      (event) => `${event.task_type} ${canonicalModel(event.model)}`,
      () => 1,
    ),
  )
}

async function expectEstimates(
  reader: RollupReader,
  selection: Selection,
  chosen: readonly TaskCompletionEvent[],
) {
  const answer = await estimates(reader, selection)

  const rated = chosen.filter((event) => event.estimated_input_tokens > 0 && event.actual_input_tokens > 0)
  const estimated = sum(rated, (event) => event.estimated_input_tokens)
  const actual = sum(rated, (event) => event.actual_input_tokens)
  const { input_tokens: totals } = answer.totals
  expect(totals).toMatchObject({ tasks: rated.length, estimated, actual })
  expect(totals.correction).toEqual(
    rated.length === 0 ? null : Math.round((1000 * actual) / estimated) / 1000,
  )
  const bounds = [0, ...Array.from({ length: 13 }, (_, index) => 2 ** ((index - 6) / 2)), Infinity]
  expect(totals.histogram).toEqual(
    bounds.slice(1).map((to, index) =>
      count(rated, (event) => {
        const ratio = event.actual_input_tokens / event.estimated_input_tokens
        return ratio >= bounds[index]! && ratio < to
      }),
    ),
  )
  const trend = answer.trend.input_tokens.reduce((total, week) => total + week.actual, 0)
  expect(trend).toBe(actual)
  expect(Object.fromEntries(answer.breakdown.map(({ key, tasks }) => [key, tasks]))).toEqual(
    sumsBy(
      chosen,
      (event) => keyOf(event, selection.by),
      () => 1,
    ),
  )
}

async function expectGates(
  reader: RollupReader,
  selection: Selection,
  chosen: readonly TaskCompletionEvent[],
) {
  const answer = await gates(reader, selection)

  const listed = chosen.filter((event) => ran(event).size > 0)
  expect(answer.totals).toMatchObject({
    tasks: chosen.length,
    tasks_with_gates: listed.length,
    passed: count(listed, (event) => event.quality_gate_passed),
  })
  for (const { gate, run, failed } of answer.gates) {
    expect({ gate, run, failed }).toEqual({
      gate,
      run: count(chosen, (event) => ran(event).has(gate)),
      failed: count(chosen, (event) => (event.quality_gates_failed ?? []).includes(gate)),
    })
  }
  expect(answer.trend.reduce((total, bucket) => total + bucket.tasks, 0)).toBe(chosen.length)
}

const aSelection = fc
  .record({
    from: fc.integer({ min: TODAY - 25, max: TODAY - 5 }).map(isoDay),
    to: fc.integer({ min: TODAY - 5, max: TODAY + 1 }).map(isoDay),
    by: fc.constantFrom('model', 'provider', 'harness', 'task_type', 'complexity'),
    model: fc.constantFrom('', '', 'anthropic/claude-sonnet-4-5', 'never-sent'),
    harness: fc.constantFrom('', '', 'aider'),
    complexity: fc.constantFrom([], [], ['low', 'critical']),
  })
  .map(selectionOf)

function selectionOf(parameters: Readonly<Record<string, unknown>>): Selection {
  const read = readSelection(parameters, NOW_MS)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return read.selection
}

function isChosen(event: TaskCompletionEvent, { fromDay, toDay, only }: Selection): boolean {
  const day = dayOf(event)
  const models = only.model?.map(canonicalModel)
  return (
    day >= fromDay &&
    day <= toDay &&
    (models?.includes(canonicalModel(event.model)) ?? true) &&
    (only.harness?.includes(event.harness) ?? true) &&
    (only.complexity?.includes(event.complexity) ?? true)
  )
}

function dayOf({ timestamp }: TaskCompletionEvent): number {
  const taskMs = Date.parse(timestamp!)
  return Math.floor((taskMs < Date.UTC(2020, 0, 1) ? NOW_MS : taskMs) / DAY_MS)
}

function keyOf(event: TaskCompletionEvent, by: Selection['by']): string {
  return by === 'model' ? canonicalModel(event.model) : event[by]
}

function isSuccess({ outcome }: TaskCompletionEvent): boolean {
  return outcome === 'success'
}

function sum<Item>(items: readonly Item[], valueOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0)
}

function count<Item>(items: readonly Item[], isCounted: (item: Item) => boolean): number {
  return items.filter(isCounted).length
}

function sumsBy(
  events: readonly TaskCompletionEvent[],
  groupOf: (event: TaskCompletionEvent) => string,
  valueOf = (event: TaskCompletionEvent) => event.actual_cost_usd_micros,
): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const event of events) sums[groupOf(event)] = (sums[groupOf(event)] ?? 0) + valueOf(event)
  return sums
}

function withoutZeros(sums: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0))
}

async function foldAll(store: Store): Promise<void> {
  while ((await store.foldRollups(1000)).events > 0);
}

function ran(event: TaskCompletionEvent): ReadonlySet<string> {
  return new Set([...(event.quality_gates_run ?? []), ...(event.quality_gates_failed ?? [])])
}
