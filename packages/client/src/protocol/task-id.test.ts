import { createHash } from 'node:crypto'

import fc from 'fast-check'
import { expect, it } from 'vitest'

import { taskEventId } from './task-id.ts'
import { isUuid } from './uuid.ts'

const key = {
  harness: 'claude_code',
  sessionId: '93625829-e2c7-441b-974e-495151f3497d',
  promptId: '0b9f9a4e-5a0f-4b0e-8f5c-6c1d2e3f4a5b',
}

it('gives a task the same id for ever: stored events depend on it', () => {
  expect(taskEventId(key)).toBe('da38bb12-4382-8af4-b330-fc10b89f9b1f')
})

it('is a version 8 UUID from the SHA-256 of the key', () => {
  const digest = createHash('sha256')
    .update(JSON.stringify(['mosaic-telemetry/task/1', key.harness, key.sessionId, key.promptId]))
    .digest('hex')

  const id = taskEventId(key)

  expect(isUuid(id)).toBe(true)
  expect(id).toMatch(/^.{14}8.{4}[89ab]/)
  expect(id.replaceAll('-', '').slice(0, 12)).toBe(digest.slice(0, 12))
  expect(id.slice(-12)).toBe(digest.slice(20, 32))
})

it('tells tasks apart by every part of their key, wherever one part ends and the next begins', () => {
  const keys = fc.record({ harness: fc.string(), sessionId: fc.string(), promptId: fc.string() })
  fc.assert(
    fc.property(keys, keys, (one, other) => {
      const isSameKey = JSON.stringify(one) === JSON.stringify(other)

      expect(taskEventId(one) === taskEventId(other)).toBe(isSameKey)
    }),
  )
  expect(taskEventId({ ...key, sessionId: 'ab', promptId: 'c' })).not.toBe(
    taskEventId({ ...key, sessionId: 'a', promptId: 'bc' }),
  )
})
