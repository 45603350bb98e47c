import { expect, it } from 'vitest'

import { restAfter } from './rest-after.ts'

const SHARE = { whenIdle: 0.2, whenBusy: 0.04 }

it('rests so that work takes its share of an idle thread', () => {
  expect(restAfter(2, SHARE, 0)).toBeCloseTo(8)
})

it('rests longer the less time others leave, and never for ever', () => {
  const restsMs = [0, 0.25, 0.5, 0.75, 1].map((busyness) => restAfter(2, SHARE, busyness))

  expect(restsMs).toEqual(restsMs.toSorted((a, b) => a - b))
  expect(restsMs.at(-1)).toBeCloseTo(48)
})

it('takes a busyness that was measured a little wrong for what it must be', () => {
  expect(restAfter(2, SHARE, -0.1)).toBe(restAfter(2, SHARE, 0))
  expect(restAfter(2, SHARE, 1.1)).toBe(restAfter(2, SHARE, 1))
})
