/**
 * Bytes in blocks of a few sizes, cut from large chunks. An array of its own for each of millions of short records
 * would take 150 bytes more than what it holds.
 *
 * - A block is named by a number, its place in units of eight bytes; 0 is no block.
 * - A block lies within one chunk and never moves. Sizes are an eighth to a fourth of their octave apart.
 * - A freed block is used again for the next record of its size.
 */
export class SampleBlocks {
  readonly #chunks: Uint8Array[] = []
  /** By size class. */
  readonly #free: number[][] = sizes.map(() => [])
  /** The unused rest of the last chunk, in units. */
  #restFrom = 0
  #restTo = 0

  /** Takes a block that holds at least so many bytes, up to `MAX_BLOCK_BYTES`. */
  allocate(bytes: number): number {
    const sizeClass = sizeClassOf(bytes)
    const units = sizes[sizeClass] as number
    const freed = this.#free[sizeClass]?.pop()
    if (freed !== undefined) return freed

    if (this.#restTo - this.#restFrom < units) this.#addChunk()
    const block = this.#restFrom
    this.#restFrom += units
    return block
  }

  /** Gives back a block that was allocated for so many bytes. */
  free(block: number, bytes: number): void {
    this.#free[sizeClassOf(bytes)]?.push(block)
  }

  /** The chunk that a block lies in; `offsetOf` says where. */
  chunkOf(block: number): Uint8Array {
    return this.#chunks[Math.floor(block / CHUNK_UNITS)] as Uint8Array
  }

  #addChunk(): void {
    this.#useUpRest()
    const start = this.#chunks.length * CHUNK_UNITS
    this.#chunks.push(new Uint8Array(CHUNK_UNITS * UNIT_BYTES))
    this.#restFrom = Math.max(start, 1)
    this.#restTo = start + CHUNK_UNITS
  }

  /** Cuts what is left of the last chunk into the largest blocks that fit. */
  #useUpRest(): void {
    while (this.#restFrom < this.#restTo) {
      const sizeClass = lastSizeWithin(this.#restTo - this.#restFrom)
      this.#free[sizeClass]?.push(this.#restFrom)
      this.#restFrom += sizes[sizeClass] as number
    }
  }
}

/** Where a block begins in its chunk, in bytes. */
export function offsetOf(block: number): number {
  return (block % CHUNK_UNITS) * UNIT_BYTES
}

/** How many bytes a block holds that was allocated for so many. */
export function roomFor(bytes: number): number {
  return (sizes[sizeClassOf(bytes)] as number) * UNIT_BYTES
}

const UNIT_BYTES = 8
const CHUNK_UNITS = 32_768
/** Room for a thousand samples of eight numbers of up to 53 bits. */
export const MAX_BLOCK_BYTES = 65_536

/** In units: 1 to 8 one by one, then four an octave. */
const sizes: readonly number[] = blockSizes()
/** The size class by units. */
const classes = sizeClasses()

function blockSizes(): number[] {
  const units = [1, 2, 3, 4, 5, 6, 7, 8]
  for (let octave = 8; octave < MAX_BLOCK_BYTES / UNIT_BYTES; octave *= 2) {
    for (const quarter of [5, 6, 7, 8]) units.push((octave * quarter) / 4)
  }
  return units
}

function sizeClasses(): Uint8Array {
  const table = new Uint8Array(MAX_BLOCK_BYTES / UNIT_BYTES + 1)
  let sizeClass = 0
  for (let units = 1; units < table.length; units++) {
    if (units > (sizes[sizeClass] as number)) sizeClass++
    table[units] = sizeClass
  }
  return table
}

function sizeClassOf(bytes: number): number {
  const sizeClass = classes[Math.ceil(bytes / UNIT_BYTES)]
  if (sizeClass === undefined) throw new RangeError(`no block holds ${bytes} bytes`)
  return sizeClass
}

function lastSizeWithin(units: number): number {
  const sizeClass = classes[Math.min(units, classes.length - 1)] as number
  return (sizes[sizeClass] as number) <= units ? sizeClass : sizeClass - 1
}
