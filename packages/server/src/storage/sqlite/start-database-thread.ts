import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

import type { DatabaseThreadRole } from './database-thread-role.ts'

/**
 * Threads start from compiled code, also when the code that starts them runs from source. Node 22's note that its
 * SQLite is experimental is not for our users: the driver port has two implementations and one suite for both.
 */
export function startDatabaseThread(file: string, role: DatabaseThreadRole): Worker {
  const entry = createRequire(import.meta.url).resolve('#database-thread')
  return new Worker(entry, {
    name: `sqlite ${role}`,
    workerData: { file, role },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
}
