import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

import { ServerError } from '../../server-error.ts'
import { syncToDisk } from '../sync-to-disk.ts'
import type { ExportSink } from './export-row.ts'

/**
 * Lets `work` write a file that gets its name when it is whole.
 *
 * @throws ServerError where the file is there already or cannot be written; nothing half written is left.
 */
export async function writingFile<Result>(
  file: string,
  work: (sink: ExportSink) => Promise<Result>,
): Promise<Result> {
  if (existsSync(file)) {
    throw new ServerError('EXPORT_FAILED', `${file} is there already and is not overwritten`, {
      hint: 'Choose another name for --out.',
    })
  }
  const partial = `${file}.partial`
  try {
    const handle = openSync(partial, 'w', 0o600)
    try {
      const result = await work({ write: async (chunk) => writeWhole(handle, chunk) })
      closeSync(handle)
      syncToDisk(partial, 'file')
      renameSync(partial, file)
      return result
    } catch (cause) {
      rmSync(partial, { force: true })
      throw cause
    }
  } catch (cause) {
    if (!(cause instanceof Error) || (cause as NodeJS.ErrnoException).syscall === undefined) throw cause
    throw new ServerError('EXPORT_FAILED', `${file} could not be written: ${cause.message}`, {
      hint: 'Choose a place that this user may write to, on a disk with space left.',
      cause,
    })
  }
}

/** A write may take less than it is given. */
function writeWhole(handle: number, chunk: string | Uint8Array): void {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  for (let written = 0; written < bytes.length;) written += writeSync(handle, bytes, written)
}
