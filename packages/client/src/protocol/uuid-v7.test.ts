import { randomFillSync } from 'node:crypto'
import { expect, it } from 'vitest'

import { uuidV7Generator } from './uuid-v7.ts'

it('makes version 7 UUIDs: the clock first, the right version and variant, no two alike', () => {
  const nowMs = Date.UTC(2026, 0, 31)
  const next = uuidV7Generator(
    (bytes) => void randomFillSync(bytes),
    () => nowMs,
  )

  const ids = Array.from({ length: 5000 }, next)

  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(ids).size).toBe(5000)
  expect(Number.parseInt(ids[0]!.replaceAll('-', '').slice(0, 12), 16)).toBe(nowMs)
})

it('sorts by time', () => {
  let nowMs = Date.UTC(2026, 0, 31)
  const next = uuidV7Generator(
    (bytes) => void randomFillSync(bytes),
    () => nowMs++,
  )

  const ids = Array.from({ length: 100 }, next)

  expect([...ids].sort()).toEqual(ids)
})
