/** Reads the three numbers that tell units apart. */
export interface UnitKeys {
  cellOf(unit: number): number
  instanceOf(unit: number): number
  bucketOf(unit: number): number
}

const SHARDS = 256
const FIRST_SLOTS = 8

/**
 * Finds the number of a unit by its key: hash tables that hold nothing but unit numbers (about 7 bytes a unit), since
 * the keys stand in the units. Many small tables, because one large one would stop everything while it grows.
 */
export class UnitIndex {
  readonly #keys: UnitKeys
  /** Unit number + 1; 0 is free. */
  readonly #slots: Int32Array[] = Array.from({ length: SHARDS }, () => new Int32Array(FIRST_SLOTS))
  readonly #used = new Int32Array(SHARDS)

  constructor(keys: UnitKeys) {
    this.#keys = keys
  }

  /** The unit of a key, or -1. */
  find(cell: number, instance: number, bucket: number): number {
    const hash = hashOf(cell, instance, bucket)
    const slots = this.#slots[hash % SHARDS] as Int32Array
    const mask = slots.length - 1
    for (let slot = placeOf(hash, mask); ; slot = (slot + 1) & mask) {
      const unit = (slots[slot] as number) - 1
      if (unit < 0 || this.#hasKey(unit, cell, instance, bucket)) return unit
    }
  }

  /** Adds a unit, whose key is not there yet. */
  add(unit: number): void {
    const hash = this.#hashOfUnit(unit)
    const shard = hash % SHARDS
    const used = (this.#used[shard] as number) + 1
    this.#used[shard] = used
    // At most three quarters full.
    if (4 * used > 3 * (this.#slots[shard] as Int32Array).length) this.#grow(shard)
    this.#put(this.#slots[shard] as Int32Array, unit, hash)
  }

  /** Removes a unit, whose key is still what it was. */
  remove(unit: number): void {
    const hash = this.#hashOfUnit(unit)
    const shard = hash % SHARDS
    const slots = this.#slots[shard] as Int32Array
    const mask = slots.length - 1
    let free = placeOf(hash, mask)
    while (slots[free] !== unit + 1) free = (free + 1) & mask

    // Whoever stands behind and could not be found across the gap moves into it.
    for (let slot = (free + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = placeOf(this.#hashOfUnit((slots[slot] as number) - 1), mask)
      if (((slot - home) & mask) < ((slot - free) & mask)) continue
      slots[free] = slots[slot] as number
      free = slot
    }
    slots[free] = 0
    this.#used[shard] = (this.#used[shard] as number) - 1
  }

  #grow(shard: number): void {
    const before = this.#slots[shard] as Int32Array
    const slots = new Int32Array(2 * before.length)
    for (const entry of before) if (entry !== 0) this.#put(slots, entry - 1, this.#hashOfUnit(entry - 1))
    this.#slots[shard] = slots
  }

  #put(slots: Int32Array, unit: number, hash: number): void {
    const mask = slots.length - 1
    let slot = placeOf(hash, mask)
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = unit + 1
  }

  #hasKey(unit: number, cell: number, instance: number, bucket: number): boolean {
    const { cellOf, instanceOf, bucketOf } = this.#keys
    return cellOf(unit) === cell && instanceOf(unit) === instance && bucketOf(unit) === bucket
  }

  #hashOfUnit(unit: number): number {
    const { cellOf, instanceOf, bucketOf } = this.#keys
    return hashOf(cellOf(unit), instanceOf(unit), bucketOf(unit))
  }
}

function placeOf(hash: number, mask: number): number {
  return Math.floor(hash / SHARDS) & mask
}

/** 32 bits, unsigned. */
function hashOf(cell: number, instance: number, bucket: number): number {
  return mixed(mixed(mixed(cell) ^ instance) ^ bucket)
}

/** Spreads the bits of a 32-bit number over all others (the finaliser of MurmurHash3). */
export function mixed(number: number): number {
  let bits = number
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
