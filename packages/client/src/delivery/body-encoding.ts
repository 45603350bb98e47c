/** Turns a text into gzip bytes. The host provides it. */
export type Gzip = (text: string) => Promise<Uint8Array<ArrayBuffer>>

export interface EncodedBody {
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A body that fits TCP's initial window (ten segments) arrives in the same round trip, compressed or not. A full batch
 * of events shrinks from 81 KB to 9 KB for 0.4 ms of a background thread.
 */
const MIN_CHARACTERS = 14_000

const PLAIN: EncodedBody['headers'] = Object.freeze({})
const GZIPPED: EncodedBody['headers'] = Object.freeze({ 'content-encoding': 'gzip' })

/** Compresses large bodies, unless the server is on this machine, where bytes cost nothing and time does. */
export class BodyEncoding {
  #gzip: Gzip | undefined

  constructor(serverUrl: string, gzip: Gzip) {
    this.#gzip = isLoopback(new URL(serverUrl).hostname) ? undefined : gzip
  }

  async encode(text: string): Promise<EncodedBody> {
    if (this.#gzip === undefined || text.length < MIN_CHARACTERS) return { body: text, headers: PLAIN }
    try {
      return { body: await this.#gzip(text), headers: GZIPPED }
    } catch {
      return { body: text, headers: PLAIN }
    }
  }

  /** To be told that an encoded body was refused for its encoding: from now on bodies go as they are. */
  giveUp(): void {
    this.#gzip = undefined
  }
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}
