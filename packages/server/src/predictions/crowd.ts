interface Member {
  readonly instance: number
  readonly rank: number
}

/** The instances kept of one bucket, as a heap with the highest rank first. */
interface Bucket {
  readonly members: Member[]
  /** Ranks from here on are refused. Never rises. */
  cut: number
}

/**
 * Which instances of one cell are kept: in each time bucket those with the lowest ranks, a hash of their id, and at
 * most `limit`.
 *
 * - That depends on who sent anything in the bucket, never on the order: whoever is among the lowest of all is among the
 *   lowest of every part. So days can be cut before they are merged into a week, and a week again.
 * - Ids are given out by the server, so nobody can choose one of a low rank.
 */
export class Crowd {
  readonly #limit: number
  readonly #buckets = new Map<number, Bucket>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * Adds an instance to a bucket that it is not in.
   *
   * @returns the instance that has to go for it, or itself where it is refused; `undefined` where there is room.
   */
  add(bucket: number, instance: number, rank: number): number | undefined {
    const kept = this.#open(bucket)
    if (rank >= kept.cut) return instance
    push(kept.members, { instance, rank })
    if (kept.members.length <= this.#limit) return undefined

    const last = popHighest(kept.members)
    kept.cut = last.rank
    return last.instance
  }

  /** Whether somebody had to go from a bucket of which an instance is kept. */
  hasMadeRoomFor(instance: number): boolean {
    for (const { members, cut } of this.#buckets.values()) {
      if (cut < Infinity && members.some((member) => member.instance === instance)) return true
    }
    return false
  }

  /** Forgets the buckets before one: they have left the window. */
  forgetBefore(bucket: number): void {
    for (const known of this.#buckets.keys()) if (known < bucket) this.#buckets.delete(known)
  }

  #open(bucket: number): Bucket {
    const known = this.#buckets.get(bucket)
    if (known !== undefined) return known
    const opened = { members: [], cut: Infinity }
    this.#buckets.set(bucket, opened)
    return opened
  }
}

function push(heap: Member[], member: Member): void {
  let at = heap.length
  while (at > 0) {
    const parentAt = (at - 1) >>> 1
    const parent = heap[parentAt] as Member
    if (parent.rank >= member.rank) break
    heap[at] = parent
    at = parentAt
  }
  heap[at] = member
}

function popHighest(heap: Member[]): Member {
  const highest = heap[0] as Member
  const moved = heap.pop() as Member
  if (heap.length === 0) return highest

  let at = 0
  for (;;) {
    const left = 2 * at + 1
    const right = left + 1
    const childAt = (heap[right]?.rank ?? -1) > (heap[left]?.rank ?? -1) ? right : left
    const child = heap[childAt]
    if (child === undefined || child.rank <= moved.rank) break
    heap[at] = child
    at = childAt
  }
  heap[at] = moved
  return highest
}
