import { eventFields, findEventProblems, type FieldRule } from '@mosaicstack/telemetry-client/protocol'
import { describe, expect, it } from 'vitest'

import { aVectorEvent, invalidVectors, validVectors, vectorsNowMs } from './vectors.ts'

describe('findEventProblems and the vectors', () => {
  it('finds nothing wrong with a valid event', () => {
    const found = validVectors.map(({ title, json }) => ({
      title,
      problems: findEventProblems(JSON.parse(json), vectorsNowMs),
    }))

    expect(found.filter(({ problems }) => problems.length > 0)).toEqual([])
  })

  it('names the one field that is wrong with an invalid event, and the code', () => {
    const found = invalidVectors.map(({ title, json }) => {
      const [first] = findEventProblems(JSON.parse(json), vectorsNowMs)
      return { title, field: first?.path, code: first?.code }
    })

    expect(found).toEqual(invalidVectors.map(({ title, field, code }) => ({ title, field, code })))
  })

  it('finds nothing else wrong with an event of which one field is wrong', () => {
    const oneWrong = invalidVectors.filter(({ title }) => !/^an (empty object|event) /.test(`${title} `))

    const found = oneWrong.map(({ title, json }) => ({
      title,
      problems: findEventProblems(JSON.parse(json), vectorsNowMs).length,
    }))

    expect(found).toEqual(oneWrong.map(({ title }) => ({ title, problems: 1 })))
  })

  it('looks at the future only where it is given a clock', () => {
    const future = aVectorEvent({ timestamp: '2099-01-01T00:00:00Z' })

    expect(findEventProblems(future)).toEqual([])
    expect(findEventProblems(future, vectorsNowMs)).toHaveLength(1)
  })
})

describe('the vectors cover', () => {
  const accepted = validVectors.map(({ json }) => JSON.parse(json) as Record<string, unknown>)
  const rejected = new Map<string, unknown[]>()
  for (const { json, field } of invalidVectors) {
    const value: unknown = field === '' ? undefined : (JSON.parse(json) as Record<string, unknown>)[field]
    rejected.set(field, [...(rejected.get(field) ?? []), value])
  }

  it.each(Object.entries(eventFields))('both sides of every bound of %s', (name, rule: FieldRule) => {
    const isAccepted = (value: unknown) => accepted.some((event) => sameJson(event[name], value))
    const isRejected = (value: unknown) => rejected.get(name)?.some((each) => sameJson(each, value)) ?? false

    const uncovered = [
      ...acceptedEdges(rule).filter((edge) => !isAccepted(edge)),
      ...rejectedEdges(rule).filter((edge) => !isRejected(edge)),
    ]

    expect(uncovered).toEqual([])
  })
})

function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Values that must stand in a valid vector. Absent reads as `undefined`. */
function acceptedEdges(rule: FieldRule): readonly unknown[] {
  const optional = rule.required ? [] : [null, undefined]
  switch (rule.kind) {
    case 'integer':
    case 'number':
      return [...optional, rule.min, rule.max]
    case 'boolean':
      return [...optional, true, false]
    case 'string':
      return [
        ...optional,
        'm'.repeat(rule.maxLength),
        '🚀'.repeat(rule.maxLength),
        ...(rule.minLength === 0 ? [''] : ['o']),
      ]
    case 'enum':
      return [...optional, ...rule.values]
    case 'enum_set':
      return [...optional, [], rule.values, ...rule.values.map((value) => [value])]
    case 'uuid':
    case 'schema_version':
    case 'timestamp':
      return optional
  }
}

/** Values that must stand in an invalid vector of that field. */
function rejectedEdges(rule: FieldRule): readonly unknown[] {
  const required = rule.required ? [null, undefined] : []
  switch (rule.kind) {
    case 'integer':
      return [...required, rule.min - 1, rule.max + 1, 0.5, '5', true, 1e308]
    case 'number':
      return [...required, -1, 1.0000000000000002, '0.5', true, 1e308]
    case 'boolean':
      return [...required, 'true', 0, 1]
    case 'string':
      return [...required, 'm'.repeat(rule.maxLength + 1), '🚀'.repeat(rule.maxLength + 1), '\0', 5, true]
    case 'enum':
      return [...required, 'other', rule.values[0]?.toUpperCase(), 0, true, '']
    case 'enum_set':
      return [...required, rule.values[0], ['BUILD'], ['build', null], true]
    case 'uuid':
      return [...required, '', 7, true]
    case 'schema_version':
      return [...required, '2.0', '1', 1, true]
    case 'timestamp':
      return [...required, '', '2026-02-14', '2026-02-30T11:00:00Z', true]
  }
}
