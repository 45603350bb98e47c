import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import process from 'node:process'

import type { SegmentOwner } from './segment-name.ts'

/** Who we are, and whether another owner can be known to be gone. */
export interface ProcessIdentity extends SegmentOwner {
  /** Whether that owner's process certainly runs no more. */
  isGone(owner: SegmentOwner): boolean
  newNonce(): string
}

/**
 * Process numbers mean something only on the same machine, since the same boot, and inside the same container, so all
 * three make up the host. Where they are not to be had (macOS, Windows) the machine's name stands alone.
 */
export function thisProcess(): ProcessIdentity {
  const boot = orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))
  const container = orEmpty(() => readlinkSync('/proc/self/ns/pid'))
  const host = shortHash(`${hostname()}\n${boot}\n${container}`)

  return {
    host,
    pid: process.pid,
    isGone: (owner) => owner.host === host && !isRunning(owner.pid),
    newNonce: () => randomBytes(6).toString('hex'),
  }
}

/** Eight hexadecimal digits: enough to tell apart what may share one directory. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0) // signal 0 only asks
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH' // EPERM: it runs, as somebody else
  }
}

function orEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
