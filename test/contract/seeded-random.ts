/** Chance that repeats itself: the same seed gives the same numbers on every machine. */
export interface SeededRandom {
  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number
  pick<Item>(items: readonly Item[]): Item
  bytes(length: number): Buffer
  /** A UUID that no other draw gives. */
  uuid(): string
}

/** Marsaglia's xorshift on 32 bits. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed | 1
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  const below = (end: number) => next() % end
  const bytes = (length: number) => Buffer.from(Array.from({ length }, () => below(256)))
  return {
    below,
    bytes,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
    uuid: () =>
      bytes(16)
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  }
}
