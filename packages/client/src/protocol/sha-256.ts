const BLOCK_BYTES = 64
const WORDS_PER_BLOCK = 16
const ROUNDS = 64

/** The first 32 bits of the fractional parts of square and cube roots of primes, as FIPS 180-4 asks. */
const INITIAL_STATE = firstPrimes(8).map((prime) => fractionBits(Math.sqrt(prime)))
const ROUND_CONSTANTS = firstPrimes(ROUNDS).map((prime) => fractionBits(Math.cbrt(prime)))

/**
 * SHA-256 (FIPS 180-4) at once and everywhere: `crypto.subtle` answers later, and `node:crypto` is not in a browser.
 * For names of a few hundred bytes; never for secrets.
 */
export function sha256(message: Uint8Array): Uint8Array {
  const state = Uint32Array.from(INITIAL_STATE)
  const padded = pad(message)
  const schedule = new Uint32Array(ROUNDS)
  for (let offset = 0; offset < padded.byteLength; offset += BLOCK_BYTES) {
    fillSchedule(schedule, padded, offset)
    compress(state, schedule)
  }

  const digest = new DataView(new ArrayBuffer(32))
  for (const [index, word] of state.entries()) digest.setUint32(index * 4, word)
  return new Uint8Array(digest.buffer)
}

/** The message, a 1 bit, zeros, and the length in bits as a 64-bit number, in whole blocks. */
function pad(message: Uint8Array): DataView {
  const bytes = new Uint8Array(Math.ceil((message.length + 9) / BLOCK_BYTES) * BLOCK_BYTES)
  bytes.set(message)
  bytes[message.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setBigUint64(bytes.length - 8, BigInt(message.length) * 8n)
  return view
}

function fillSchedule(schedule: Uint32Array, padded: DataView, offset: number): void {
  for (let index = 0; index < WORDS_PER_BLOCK; index++) schedule[index] = padded.getUint32(offset + index * 4)
  for (let index = WORDS_PER_BLOCK; index < ROUNDS; index++) {
    const early = at(schedule, index - 15)
    const late = at(schedule, index - 2)
    const mixedEarly = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
    const mixedLate = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
    schedule[index] = at(schedule, index - 16) + mixedEarly + at(schedule, index - 7) + mixedLate
  }
}

function compress(state: Uint32Array, schedule: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let round = 0; round < ROUNDS; round++) {
    const choice = (e & f) ^ (~e & g)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const mixedE = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const mixedA = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const step = (h + mixedE + choice + (ROUND_CONSTANTS[round] as number) + at(schedule, round)) | 0
    h = g
    g = f
    f = e
    e = (d + step) | 0
    d = c
    c = b
    b = a
    a = (step + mixedA + majority) | 0
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = at(state, index) + word
}

function at(words: Uint32Array, index: number): number {
  return words[index] as number
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = []
  for (let candidate = 2; primes.length < count; candidate++)
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate)
  return primes
}

function fractionBits(root: number): number {
  return Math.floor((root % 1) * 2 ** 32)
}
