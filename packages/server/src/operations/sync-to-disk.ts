import { closeSync, fsyncSync, openSync } from 'node:fs'
import { platform } from 'node:os'

/** Waits until what was written to a file, or which names a directory holds, is on the disk. */
export function syncToDisk(path: string, kind: 'file' | 'directory'): void {
  // Windows opens no directories; it writes their names by itself.
  if (kind === 'directory' && platform() === 'win32') return
  const handle = openSync(path, kind === 'file' ? 'r+' : 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
