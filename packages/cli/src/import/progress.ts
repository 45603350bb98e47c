import type { ImportProgress } from '@mosaicstack/telemetry-importers'

import { nameOf } from './select-sources.ts'

/** Often enough to be seen moving. */
const EVERY_MS = 100

/** A line on a terminal that says how far reading is; it is wiped at the end of its scope. */
export function showProgress({ isWanted }: { readonly isWanted: boolean }): Disposable & {
  readonly show: (progress: ImportProgress) => void
} {
  const isShown = isWanted && process.stderr.isTTY
  let shownAtMs = Date.now()
  let width = 0
  return {
    show({ done, harness, total }) {
      if (!isShown || Date.now() - shownAtMs < EVERY_MS) return
      shownAtMs = Date.now()
      const line = `Reading logs: ${done} of ${total} (${nameOf(harness)})`
      process.stderr.write(`\r${line.padEnd(width)}`)
      width = line.length
    },
    [Symbol.dispose]() {
      if (width > 0) process.stderr.write(`\r${' '.repeat(width)}\r`)
    },
  }
}
