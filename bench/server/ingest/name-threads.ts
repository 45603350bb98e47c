import { readlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isMainThread, workerData } from 'node:worker_threads'

/**
 * Loaded into the measured process before anything else (`--import`), in each of its threads: notes which of the
 * system's threads is which of ours, as Node names none before version 24.
 */
const directory = process.env['BENCH_THREADS_DIR']
if (directory !== undefined && process.platform === 'linux') {
  writeFileSync(join(directory, basename(readlinkSync('/proc/thread-self'))), nameOfThread())
}

function nameOfThread(): string {
  if (isMainThread) return 'main'
  const role = (workerData as { readonly role?: string } | null)?.role
  if (role !== undefined) return role
  return typeof workerData === 'string' ? 'writer' : 'forecast'
}
