import { readFileSync } from 'node:fs'

import { eventFields, findEventProblems } from '@mosaicstack/telemetry-client/protocol'
import { describe, expect, it } from 'vitest'

import { readTaskRecords } from './task-records.ts'

const INSTANCE_ID = 'a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d'
const records = readTaskRecords()
const events = records.map((record) => record.event)

describe('the bundled task records', () => {
  it('make one valid event a row', () => {
    const problems = events.flatMap((event) => findEventProblems({ ...event, instance_id: INSTANCE_ID }))

    expect(events).toHaveLength(1111)
    expect(problems).toEqual([])
  })

  it('are three times clamped, at 10 million input tokens', () => {
    const clamped = records.filter((record) => record.clampedFields.length > 0)

    expect(clamped.map((record) => record.clampedFields)).toEqual(
      Array.from({ length: 3 }, () => ['actual_input_tokens']),
    )
    expect(clamped.map((record) => record.event.actual_input_tokens)).toEqual(
      Array.from({ length: 3 }, () => eventFields.actual_input_tokens.max),
    )
  })

  it('add up to the sums of the file', () => {
    const input = ['input_tokens', 'cache_read_tokens', 'cache_write_5m_tokens', 'cache_write_1h_tokens']
    const inputOf = (row: number[]) => Math.min(sum(row), 10_000_000)

    expect(sum(events.map((event) => event.actual_input_tokens))).toBe(sum(columns(...input).map(inputOf)))
    expect(sum(events.map((event) => event.actual_output_tokens))).toBe(total('output_tokens'))
    expect(sum(events.map((event) => event.actual_cost_usd_micros))).toBe(total('cost_micro_usd'))
    expect(sum(events.map((event) => event.task_duration_ms))).toBe(total('duration_s') * 1000)
    expect(sum(events.map((event) => event.context_compactions))).toBe(total('compactions'))
    expect(events.filter((event) => event.outcome === 'partial')).toHaveLength(total('interrupted'))
  })

  it('come in order of the time at which a task ended', () => {
    const endedMs = events.map((event) => Date.parse(event.timestamp!))

    expect(endedMs).toEqual(endedMs.toSorted((a, b) => a - b))
  })

  it('name the kinds of task, and no more, that the notes beside the file name', () => {
    expect(new Set(events.map((event) => event.task_type))).toEqual(
      new Set(['documentation', 'implementation', 'unknown']),
    )
    expect(new Set(events.map((event) => event.complexity))).toEqual(
      new Set(['low', 'medium', 'high', 'critical']),
    )
  })
})

/** The file's own figures, read without the code under test. */
function columns(...names: string[]): number[][] {
  const file = new URL('../../data/claude-code-tasks.csv', import.meta.url)
  const [header = [], ...rows] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  return rows.map((row) => names.map((name) => Number(row[header.indexOf(name)])))
}

function total(name: string): number {
  return sum(columns(name).flat())
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
