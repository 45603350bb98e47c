import { join, resolve } from 'node:path'

import type { SpoolFiles } from './spool-files.ts'

const FILE = 'dead-letter.ndjson'
/** The one older file that is kept beside it. */
const OLDER_FILE = 'dead-letter.1.ndjson'

/** Two files of this size are some ten thousand refused events: whoever looks at them has seen enough. */
const MAX_BYTES = 4 * 1024 * 1024

/** Keeps what the server refused for good, with the reason, for somebody to look at. */
export class DeadLetter {
  readonly #files: SpoolFiles
  readonly #directory: string

  constructor(files: SpoolFiles, directory: string) {
    this.#files = files
    this.#directory = resolve(directory)
  }

  /** One line, `{"refused_at": …, "reason": …, "record": …}`. Throws what the file system throws. */
  add(json: string, reason: string, nowMs: number): void {
    const file = join(this.#directory, FILE)
    const refusedAt = new Date(nowMs).toISOString()
    const line = `{"refused_at":"${refusedAt}","reason":${JSON.stringify(reason)},"record":${json}}\n`

    this.#makeRoom(file)
    const handle = this.#files.openForAppend(file)
    try {
      this.#files.append(handle, Buffer.from(line))
    } finally {
      this.#files.close(handle)
    }
  }

  #makeRoom(file: string): void {
    let bytes = 0
    try {
      bytes = this.#files.stat(file).bytes
    } catch {
      return // there is none yet
    }
    if (bytes >= MAX_BYTES) this.#files.rename(file, join(this.#directory, OLDER_FILE))
  }
}
