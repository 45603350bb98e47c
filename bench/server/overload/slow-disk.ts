import { isMainThread, workerData } from 'node:worker_threads'

/**
 * Loaded into a server (`--import`): makes its disk slow, so that a few clients on the same machine can ask for twice
 * what it takes. Every commit of the writer's thread waits as long as a sync to such a disk would, until the disk
 * recovers.
 */
const commitMs = Number(process.env['BENCH_COMMIT_MS'] ?? 0)
const recoversAtMs = Number(process.env['BENCH_DISK_RECOVERS_AT_MS'] ?? Infinity)
const role = isMainThread ? undefined : (workerData as { readonly role?: string } | null)?.role

if (role === 'writer') {
  const { DatabaseSync } = await import('node:sqlite').catch(() => ({ DatabaseSync: undefined }))
  slowDown((DatabaseSync ?? (await import('better-sqlite3')).default).prototype as Executing)
}

interface Executing {
  exec(sql: string): unknown
}

function slowDown(database: Executing): void {
  const { exec } = database
  const lock = new Int32Array(new SharedArrayBuffer(4))
  database.exec = function slowExec(sql) {
    if (sql === 'COMMIT' && Date.now() < recoversAtMs) Atomics.wait(lock, 0, 0, commitMs)
    return exec.call(this, sql)
  }
}
