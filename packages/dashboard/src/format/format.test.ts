import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { plainName, shortName } from './names.ts'
import { bytes, change, duration, shareOf, times, tokens } from './numbers.ts'
import { ago } from './times.ts'

describe('numbers', () => {
  it.each([
    [tokens(2_430_000_000), '2.4B'],
    [tokens(823_000_000), '823.0M'],
    [duration(100 * 86_400_000), '100 days'],
    [duration(5 * 86_400_000), '5.0 days'],
    [duration(3 * 86_400_000), '72.0 h'],
    [bytes(812), '812 B'],
    [bytes(4_485_440), '4.5 MB'],
    [bytes(999_600), '1.0 MB'],
    [times(0.62), '0.62×'],
    [times(1.84), '1.8×'],
    [times(24.2), '24×'],
    [shareOf(93, 107), '87 % of 107'],
    [shareOf(0, 0), '–'],
  ])('%s is %s', (shown, expected) => {
    expect(shown).toBe(expected)
  })

  it('say how much has changed, and nothing where nothing was before', () => {
    expect(change(112, 100)).toBe('+12 %')
    expect(change(96, 100)).toBe('−4 %')
    expect(change(100.2, 100)).toBe('as before')
    expect(change(810, 100)).toBe('8.1×')
    expect(change(5, 0)).toBeUndefined()
  })
})

describe('names', () => {
  it('hide nothing and turn nothing around', () => {
    expect(plainName('a\u{202e}b\u{0}c')).toBe('a\u{fffd}b\u{fffd}c')
    expect(plainName(' ')).toBe('(empty)')
    expect(plainName('👩‍👩‍👧')).toBe('👩‍👩‍👧')
  })

  it('are cut in the middle, at whole characters', () => {
    expect(shortName('claude-sonnet-4-5-20250929', 12)).toBe('claude-…0929')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 4, max: 40 }), (name, maxLength) => {
        const short = shortName(name, maxLength)

        expect([...short].length).toBeLessThanOrEqual(Math.max(maxLength, '(empty)'.length))
        expect(short).not.toMatch(/[\ud800-\udfff]/u)
      }),
    )
  })
})

describe('ago', () => {
  it('counts in units that people use, and never into the future', () => {
    const nowMs = Date.parse('2026-11-21T12:00:00Z')

    expect(ago('2026-11-21T12:00:09Z', nowMs)).toBe('now')
    expect(ago('2026-11-21T11:56:00Z', nowMs)).toBe('4 min ago')
    expect(ago('2026-11-20T11:00:00Z', nowMs)).toBe('25 h ago')
    expect(ago('2026-11-01T12:00:00Z', nowMs)).toBe('20 days ago')
    expect(ago('yesterday', nowMs)).toBe('yesterday')
  })
})
