/**
 * The import that hooks start. One at a time: a second hook leaves a wish and goes, and the import that runs looks for
 * wishes before it ends.
 *
 * After a crash: a lock whose process is gone, or that is older than any import takes, is nobody's.
 */
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { makeDirectory } from '@mosaicstack/telemetry-client/make-directory'
import type { LocalState } from './local-state.ts'

/** A transcript is written a moment after the hook was called; telemetry arrives within five seconds. */
const LAG_MS = 6_000
/** The first import of many gigabytes takes minutes. */
const MAX_LOCK_AGE_MS = 30 * 60_000

export async function inBackground(
  state: LocalState,
  work: () => Promise<void>,
  lagMs = LAG_MS,
): Promise<void> {
  for (let isWanted = true; isWanted && takeLock(state.lock);) {
    const beganAtMs = Date.now()
    try {
      await sleep(lagMs)
      await work()
    } finally {
      rmSync(state.lock, { force: true })
    }
    // Looked for after the lock is gone: a hook that still saw it has left its wish before.
    isWanted = isWantedSince(state.wanted, beganAtMs)
  }
}

/** Whether an import runs that will see a wish that is left now. */
export function isImportRunning(lock: string): boolean {
  const stat = statSync(lock, { throwIfNoEntry: false })
  if (stat === undefined || Date.now() - stat.mtimeMs > MAX_LOCK_AGE_MS) return false
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function takeLock(lock: string): boolean {
  if (isImportRunning(lock)) return false
  makeDirectory(dirname(lock))
  rmSync(lock, { force: true })
  try {
    const file = openSync(lock, 'wx', 0o600)
    writeSync(file, String(process.pid))
    closeSync(file)
    return true
  } catch {
    return false // another process was quicker
  }
}

function isWantedSince(wanted: string, atMs: number): boolean {
  return (statSync(wanted, { throwIfNoEntry: false })?.mtimeMs ?? 0) > atMs
}
