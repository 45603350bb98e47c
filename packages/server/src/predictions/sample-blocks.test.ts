import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MAX_BLOCK_BYTES, offsetOf, roomFor, SampleBlocks } from './sample-blocks.ts'

it('never lets two blocks share a byte, whatever is allocated and freed', () => {
  const someBytes = fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: MAX_BLOCK_BYTES }))

  fc.assert(
    fc.property(fc.array(fc.tuple(someBytes, fc.nat(9)), { maxLength: 200 }), (requests) => {
      const blocks = new SampleBlocks()
      const held: { block: number; bytes: number; mark: number }[] = []
      for (const [index, [bytes, victim]] of requests.entries()) {
        const block = blocks.allocate(bytes)
        const mark = index % 256
        blocks.chunkOf(block).fill(mark, offsetOf(block), offsetOf(block) + roomFor(bytes))
        held.push({ block, bytes, mark })
        const [freed] = victim < 4 ? held.splice(victim, 1) : []
        if (freed !== undefined) blocks.free(freed.block, freed.bytes)
      }

      for (const { block, bytes, mark } of held) {
        const own = blocks.chunkOf(block).subarray(offsetOf(block), offsetOf(block) + roomFor(bytes))
        expect(own.length).toBe(roomFor(bytes))
        expect(own.every((byte) => byte === mark)).toBe(true)
      }
    }),
  )
})

it('wastes at most an eighth of a block on average, and never more than a quarter of a large one', () => {
  const sizes = Array.from({ length: 5000 }, (_, index) => index + 41)

  const waste = sizes.map((bytes) => 1 - bytes / roomFor(bytes))

  expect(waste.reduce((sum, part) => sum + part, 0) / waste.length).toBeLessThan(0.125)
  expect(Math.max(...waste)).toBeLessThan(0.25)
})

it('uses a freed block again', () => {
  const blocks = new SampleBlocks()
  const first = blocks.allocate(21)
  blocks.free(first, 21)

  expect(blocks.allocate(24)).toBe(first)
})

it('refuses what no block holds', () => {
  expect(() => new SampleBlocks().allocate(MAX_BLOCK_BYTES + 1)).toThrow(RangeError)
})
