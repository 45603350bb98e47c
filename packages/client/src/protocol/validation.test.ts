import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { anEvent } from '../testing/an-event.ts'
import { eventFields, predictionQueryFields } from './event-fields.ts'
import { describeProblem, findEventProblems, findQueryProblems, validateEvent } from './validation.ts'

const FIELDS = Object.keys(eventFields)
const QUERY_FIELDS = Object.keys(predictionQueryFields)
const NOW_MS = Date.parse('2026-02-14T12:00:00Z')

describe('findEventProblems', () => {
  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(anything(), (make) => {
        expectProblems(findEventProblems(make(), NOW_MS))
        expectProblems(findQueryProblems(make()), QUERY_FIELDS)
      }),
      { numRuns: 1_000 },
    )
  })

  it('never throws, whatever a field holds, and complains about no other field', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FIELDS), anything(), (name, make) => {
        const problems = findEventProblems({ ...anEvent(), [name]: make() }, NOW_MS)

        expectProblems(problems)
        expect(problems.filter(({ path }) => path !== name)).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['a getter that throws', withGetter('model', thrower), 'model'],
    [
      'a list whose items throw',
      anEvent({ quality_gates_run: new Proxy<never[]>([], hostile) }),
      'quality_gates_run',
    ],
    [
      'a list that is a revoked proxy',
      anEvent({ quality_gates_failed: revoked<never[]>([]) }),
      'quality_gates_failed',
    ],
  ])('names the field that cannot be read: %s', (_, event, field) => {
    const problems = findEventProblems(event, NOW_MS)

    expect(problems.map(describeProblem)).toEqual([`${field}: must be readable, but reading it throws`])
  })

  it.each([
    ['a proxy that throws at everything', new Proxy({}, hostile)],
    ['a revoked proxy', revoked({})],
  ])('finds %s wrong without throwing', (_, value) => {
    expect(findEventProblems(value, NOW_MS)).not.toEqual([])
  })

  it('reads the items of a list, not what the list says its items are', () => {
    const gates = Object.assign(['deploy'], { [Symbol.iterator]: () => [][Symbol.iterator]() })

    const problems = findEventProblems({ ...anEvent(), quality_gates_run: gates })

    expect(problems.map(({ path }) => path)).toEqual(['quality_gates_run'])
  })

  it('finds the same before and after a journey as JSON', () => {
    fc.assert(
      fc.property(someJsonEvent(), (event) => {
        const arrived: unknown = JSON.parse(JSON.stringify(event))

        expect(findEventProblems(arrived, NOW_MS)).toEqual(findEventProblems(event, NOW_MS))
      }),
      { numRuns: 2_000 },
    )
  })

  it('still accepts after a journey as JSON what it has accepted, whatever it was made of', () => {
    let accepted = 0

    fc.assert(
      fc.property(fc.constantFrom(...FIELDS), anything(), (name, make) => {
        const event = { ...anEvent(), [name]: make() }
        fc.pre(findEventProblems(event, NOW_MS).length === 0)
        accepted++

        expect(findEventProblems(JSON.parse(JSON.stringify(event)), NOW_MS)).toEqual([])
      }),
      { numRuns: 200, maxSkipsPerRun: 1_000 },
    )
    expect(accepted).toBeGreaterThanOrEqual(200)
  })

  it('lists problems in the order of the table', () => {
    const problems = findEventProblems({})

    const required = Object.entries(eventFields).filter(([, rule]) => rule.required)
    expect(problems).toEqual(required.map(([path]) => ({ path, message: 'is required', code: 'invalid' })))
  })

  it('leaves the event as it is', () => {
    const event = deepFrozen(anEvent({ model: '' }))

    expect(() => findEventProblems(event, NOW_MS)).not.toThrow()
  })
})

describe('validateEvent', () => {
  it('says one sentence a problem, each with the name of the field', () => {
    const event = anEvent({ task_duration_ms: 86_400_001, model: '' })

    expect(validateEvent(event)).toEqual([
      'task_duration_ms: must be <= 86400000',
      'model: must have at least 1 character',
    ])
  })

  it('says of what is no object that it must be one', () => {
    expect(validateEvent([])).toEqual(['must be an object'])
  })
})

/** Makes a value. fast-check looks into the values it draws, which not all of these endure. */
type Maker = () => unknown

/** Values of every kind that JavaScript has, also those that JSON has not. */
function anything(): fc.Arbitrary<Maker> {
  const plain = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  })
  const nearly = fc.constantFrom<unknown>(
    null,
    undefined,
    0,
    1,
    20,
    '1.0',
    [],
    ['build'],
    true,
    'unknown',
    'low',
  )
  return fc.oneof(
    { weight: 4, arbitrary: plain.map((value) => () => value) },
    { weight: 2, arbitrary: nearly.map((value) => () => value) },
    { weight: 2, arbitrary: fc.constantFrom(...exotics) },
  )
}

const exotics: readonly Maker[] = [
  () => new Proxy({}, hostile),
  () => new Proxy([], hostile),
  () => revoked({}),
  () => revoked([]),
  () => thrower,
  () => Symbol('model'),
  () => ({ [Symbol.toPrimitive]: thrower, toString: thrower, valueOf: thrower }),
  () => Object.assign(['build'], { [Symbol.iterator]: thrower }),
  () => Array.from({ length: 3 }),
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => -0,
]

/** Events as JSON can hold them: most fields right, some anything. */
function someJsonEvent(): fc.Arbitrary<unknown> {
  const changes = fc.dictionary(fc.constantFrom(...FIELDS), fc.jsonValue({ stringUnit: 'binary' }), {
    maxKeys: 3,
  })
  return fc.oneof(
    fc.jsonValue(),
    changes.map((fields) => anEvent(fields as object)),
  )
}

function expectProblems(
  problems: readonly { path: string; message: string; code: string }[],
  fields: readonly string[] = FIELDS,
): void {
  for (const { path, message, code } of problems) {
    expect(path === '' || fields.includes(path)).toBe(true)
    expect(message).toMatch(/^(must|is required)/)
    expect(code).toMatch(/^(invalid|unsupported_schema)$/)
  }
}

const hostile: ProxyHandler<object> = {
  get: thrower,
  has: thrower,
  ownKeys: thrower,
  getPrototypeOf: thrower,
}

function thrower(): never {
  throw new Error('read me not')
}

function revoked<Target extends object>(target: Target): Target {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function withGetter(name: string, get: () => unknown): unknown {
  return Object.defineProperty({ ...anEvent() }, name, { get })
}

function deepFrozen<Value extends object>(value: Value): Value {
  for (const inner of Object.values(value)) if (Array.isArray(inner)) Object.freeze(inner)
  return Object.freeze(value)
}
