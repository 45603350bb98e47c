import { createHash, hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Characters of a key that a list shows. Eight of sixty-four tell keys apart and help nobody to guess one. */
const PREFIX_LENGTH = 8

export interface NewSecret {
  /** 64 lower-case hex characters, 256 random bits. Shown once, never stored. */
  readonly apiKey: string
  readonly sha256: Uint8Array
  readonly prefix: string
}

export function newApiKey(): NewSecret {
  const apiKey = randomBytes(32).toString('hex')
  return { apiKey, sha256: sha256(apiKey), prefix: apiKey.slice(0, PREFIX_LENGTH) }
}

/** What is stored of a key. It has 256 random bits, so a fast hash is as good as a slow one. */
export function sha256(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** The same as text, for every request: a quarter of the time. */
export function sha256Base64(secret: string): string {
  return hash('sha256', secret, 'base64')
}

/** Compares in a time that tells nothing about where two secrets differ. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(given), sha256(expected))
}
