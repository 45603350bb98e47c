import { randomFillSync } from 'node:crypto'
import process from 'node:process'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

import { thisProcess } from '../spool/process-identity.ts'
import { nodeSpoolFiles } from '../spool/spool-files.ts'
import { Spool } from '../spool/spool.ts'
import type { Host } from './host.ts'

const gzipInBackground = promisify<string, { level: number }, Buffer<ArrayBuffer>>(gzip)

const idleListeners = new Set<() => void>()

function notifyIdleListeners(): void {
  for (const listener of idleListeners) listener()
}

export const host: Host = {
  env: (name) => process.env[name],
  // Node 18 has no global crypto.
  fillRandom: (bytes) => void randomFillSync(bytes),

  // CompressionStream takes three times as long, and level 6 a third longer for a tenth fewer bytes.
  gzip: (text) => gzipInBackground(text, { level: 1 }),

  // One listener on the process however many clients there are: more than ten would make Node print a warning.
  onIdleExit(listener) {
    if (idleListeners.size === 0) process.on('beforeExit', notifyIdleListeners)
    idleListeners.add(listener)
    return () => {
      idleListeners.delete(listener)
      if (idleListeners.size === 0) process.off('beforeExit', notifyIdleListeners)
    }
  },

  openSpool: (options) => new Spool(options, nodeSpoolFiles, thisProcess()),
}
