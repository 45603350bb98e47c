import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readObservations } from './read-observations.ts'

const anEvent = {
  instance_id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  event_id: '550e8400-e29b-41d4-a716-446655440000',
  schema_version: '1.0',
  timestamp: '2026-02-14T10:30:00Z',
  task_duration_ms: 45_000,
  task_type: 'implementation',
  complexity: 'medium',
  harness: 'claude_code',
  model: 'claude-sonnet-4-5-20250929',
  provider: 'anthropic',
  estimated_input_tokens: 5000,
  estimated_output_tokens: 2000,
  actual_input_tokens: 5500,
  actual_output_tokens: 2200,
  estimated_cost_usd_micros: 30_000,
  actual_cost_usd_micros: 33_000,
  quality_gate_passed: true,
  quality_gates_run: [],
  quality_gates_failed: [],
  context_compactions: 0,
  context_rotations: 0,
  context_utilization_final: 0.4,
  outcome: 'success',
  retry_count: 0,
}

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'backtest-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('readObservations', () => {
  it('reads the bundled tasks without a file', async () => {
    const { observations, skippedLines } = await readObservations(undefined)

    expect(observations.length).toBe(1111)
    expect(skippedLines).toBe(0)
  })

  it('reads one event a line, and counts and names what it leaves out', async () => {
    const file = join(directory, 'events.ndjson')
    writeFileSync(
      file,
      [JSON.stringify(anEvent), '', '{torn', JSON.stringify({ ...anEvent, retry_count: 21 })].join('\n'),
    )

    const source = await readObservations(file)

    expect(source.observations).toMatchObject([
      { instanceId: anEvent.instance_id, inputTokens: 5500, costUsdMicros: 33_000, succeeded: true },
    ])
    expect(source.skippedLines).toBe(2)
    expect(source.firstProblem).toBe('line 3: not JSON')
  })

  it('says what to name where there is nothing', async () => {
    await expect(readObservations(join(directory, 'missing'))).rejects.toMatchObject({
      exitCode: 2,
      hint: expect.stringContaining('telemetry.db'),
    })
    await expect(readObservations(directory)).rejects.toMatchObject({ exitCode: 2 })
  })
})
