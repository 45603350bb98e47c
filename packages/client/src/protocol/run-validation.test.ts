import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { runFields } from './run-fields.ts'
import { findRunChangeProblems, findRunProblems, readRunStatus } from './run-validation.ts'
import { RunStatus } from './run.ts'

const run = {
  event_id: 'e',
  run_id: 'r',
  agent_name: 'a',
  job_type: 'j',
  start_time: '2026-11-21T12:00:00Z',
}

const pathsOf = (problems: readonly { readonly path: string }[]) => problems.map(({ path }) => path)

describe('findRunProblems', () => {
  it('accepts a run of its five required fields', () => {
    expect(findRunProblems(run)).toEqual([])
  })

  it('names every required field that is absent or null, in the order of the table', () => {
    const required = ['event_id', 'run_id', 'agent_name', 'job_type', 'start_time']

    expect(pathsOf(findRunProblems({}))).toEqual(required)
    expect(pathsOf(findRunProblems(Object.fromEntries(required.map((name) => [name, null]))))).toEqual(
      required,
    )
  })

  it('reads null as absent in every other field', () => {
    const nulls = Object.fromEntries(Object.keys(runFields).map((name) => [name, null]))

    expect(findRunProblems({ ...nulls, ...run })).toEqual([])
  })

  it('counts characters, not UTF-16 units, up to 255', () => {
    expect(findRunProblems({ ...run, run_id: '😀'.repeat(255) })).toEqual([])
    expect(pathsOf(findRunProblems({ ...run, run_id: '😀'.repeat(256) }))).toEqual(['run_id'])
  })

  it.each([undefined, null, 7, 'run', [], [run]])('calls %j no run', (value) => {
    expect(findRunProblems(value)).toEqual([{ path: '', message: 'must be an object', code: 'invalid' }])
  })

  it('takes any JSON value at all without throwing, and ignores fields it does not know', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(runFields), 'other'), fc.jsonValue()),
        (record) => {
          const known = new Set<string>(Object.keys(runFields))

          expect(pathsOf(findRunProblems(record)).every((path) => known.has(path))).toBe(true)
        },
      ),
    )
  })
})

describe('findRunChangeProblems', () => {
  it('requires nothing', () => {
    expect(findRunChangeProblems({})).toEqual([])
  })

  it.each([
    ['status', 'asleep'],
    ['items_failed', 1.5],
    ['items_failed', Number.MAX_SAFE_INTEGER + 1],
    ['end_time', '2026-11-21'],
    ['api_posted', 'true'],
    ['git_commit_source', 'human'],
    ['host', 'a\0b'],
    ['host', '\ud800'],
    ['metrics_json', '\ud800'],
  ])('names %s when it is %j', (field, value) => {
    expect(pathsOf(findRunChangeProblems({ [field]: value }))).toEqual([field])
  })
})

describe('readRunStatus', () => {
  it('reads every status as itself and the aliases as what they mean', () => {
    for (const status of Object.values(RunStatus)) expect(readRunStatus(status)).toBe(status)
    expect(['failed', 'completed', 'succeeded'].map(readRunStatus)).toEqual(['failure', 'success', 'success'])
  })

  it.each(['', 'Success', 'constructor', '__proto__', 'toString', 7, null, undefined])(
    'reads nothing from %j',
    (word) => {
      expect(readRunStatus(word)).toBeUndefined()
    },
  )
})
