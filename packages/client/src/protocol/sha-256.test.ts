import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'

import { sha256 } from './sha-256.ts'

it('hashes the examples of FIPS 180-4', () => {
  const text = new TextEncoder()

  const digests = ['', 'abc', 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'].map((message) =>
    Buffer.from(sha256(text.encode(message))).toString('hex'),
  )

  expect(digests).toEqual([
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ])
})

it('agrees with the hash of the platform, whatever the bytes and however many blocks', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
      const digest = sha256(message)

      expect(Buffer.from(digest)).toEqual(createHash('sha256').update(message).digest())
    }),
  )
})
