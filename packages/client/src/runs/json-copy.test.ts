import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { copyJson } from './json-copy.ts'

describe('copyJson', () => {
  it('copies what is JSON as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(JSON.stringify(copyJson(value))).toBe(JSON.stringify(value))
      }),
    )
  })

  it('turns anything into JSON, and reads it but once', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        (value) => {
          const copied = copyJson(value)

          expect(copied === undefined || typeof JSON.stringify(copied) === 'string').toBe(true)
        },
      ),
    )
  })

  it('says in words what has no JSON', () => {
    const cycle: Record<string, unknown> = {
      big: 1n,
      not: NaN,
      list: [undefined, () => 1],
      when: new Date(0),
    }
    cycle['self'] = cycle
    Object.defineProperty(cycle, 'bad', { enumerable: true, get: () => cycle['missing']!.toString() })

    expect(JSON.parse(JSON.stringify(copyJson(cycle)))).toEqual({
      big: '1',
      not: null,
      list: [null, null],
      when: '1970-01-01T00:00:00.000Z',
      self: '[circular]',
      bad: '[unreadable]',
    })
  })

  it('is a copy, in which a key called __proto__ is one like any other', () => {
    const original = JSON.parse('{"__proto__":{"a":1},"list":[1]}')

    const copied = copyJson(original)
    original.list.push(2)

    expect(JSON.stringify(copied)).toBe('{"__proto__":{"a":1},"list":[1]}')
  })

  it('stops at fifty levels, and a value may stand in several places', () => {
    let deep: unknown = 'bottom'
    for (let level = 0; level < 10_000; level++) deep = [deep]
    const shared = { a: 1 }

    expect(JSON.stringify(copyJson(deep))).toContain('"[too deep]"')
    expect(copyJson([shared, shared])).toEqual([shared, shared])
  })
})
