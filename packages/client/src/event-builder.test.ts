import { describe, expect, it } from 'vitest'

import { EventBuilder } from './event-builder.ts'
import { validateEvent } from './protocol/index.ts'
import { anEvent, INSTANCE_ID } from './testing/an-event.ts'

describe('EventBuilder', () => {
  it('builds an event of the fields given', () => {
    const { instance_id: _unused, ...fields } = anEvent()

    const event = new EventBuilder(INSTANCE_ID).build(fields)

    expect(event).toMatchObject({ ...fields, instance_id: INSTANCE_ID, schema_version: '1.0' })
    expect(validateEvent(event)).toEqual([])
  })

  it('has the defaults of the Python SDK', () => {
    const event = new EventBuilder(INSTANCE_ID).build()

    expect(validateEvent(event)).toEqual([])
    expect(event).toMatchObject({
      task_type: 'unknown',
      complexity: 'medium',
      harness: 'unknown',
      model: 'unknown',
      provider: 'unknown',
      task_duration_ms: 0,
      outcome: 'failure',
      retry_count: 0,
      language: null,
      repo_size_category: null,
      quality_gate_passed: false,
      quality_gates_run: [],
    })
  })

  it('builds step by step', () => {
    const event = new EventBuilder(INSTANCE_ID)
      .eventId('01890a5d-ac96-774b-bcce-b302099a8057')
      .timestamp(new Date('2026-01-02T03:04:05Z'))
      .taskType('testing')
      .complexityLevel('high')
      .harnessType('aider')
      .model('gpt-5')
      .provider('openai')
      .durationMs(1)
      .outcomeValue('success')
      .tokens({ estimatedIn: 2, estimatedOut: 3, actualIn: 4, actualOut: 5 })
      .cost({ estimated: 6, actual: 7 })
      .quality({ passed: true, gatesRun: ['build'], gatesFailed: ['lint'] })
      .context({ compactions: 8, rotations: 9, utilization: 0.5 })
      .language('rust')
      .repoSize('tiny')
      .retryCount(10)
      .build()

    expect(event).toEqual({
      instance_id: INSTANCE_ID,
      event_id: '01890a5d-ac96-774b-bcce-b302099a8057',
      schema_version: '1.0',
      timestamp: '2026-01-02T03:04:05.000Z',
      task_type: 'testing',
      complexity: 'high',
      harness: 'aider',
      model: 'gpt-5',
      provider: 'openai',
      task_duration_ms: 1,
      outcome: 'success',
      estimated_input_tokens: 2,
      estimated_output_tokens: 3,
      actual_input_tokens: 4,
      actual_output_tokens: 5,
      estimated_cost_usd_micros: 6,
      actual_cost_usd_micros: 7,
      quality_gate_passed: true,
      quality_gates_run: ['build'],
      quality_gates_failed: ['lint'],
      context_compactions: 8,
      context_rotations: 9,
      context_utilization_final: 0.5,
      language: 'rust',
      repo_size_category: 'tiny',
      retry_count: 10,
    })
  })

  it('can be used again: each event has an id and lists of its own', () => {
    const builder = new EventBuilder(INSTANCE_ID).quality({ passed: true, gatesRun: ['build'] })

    const first = builder.build()
    const second = builder.build()

    expect(first.event_id).not.toBe(second.event_id)
    expect(first.quality_gates_run).not.toBe(second.quality_gates_run)
  })

  it('takes an undefined field for one that is not given', () => {
    const event = new EventBuilder(INSTANCE_ID).build({ ...anEvent(), event_id: undefined as never })

    expect(event.event_id).toMatch(/^[0-9a-f-]{36}$/)
  })
})
