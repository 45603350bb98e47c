import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

import { quantile } from './quantile.ts'

/** How busy a machine is: what else runs on it decides these figures as much as we do. */
export interface Busyness {
  /** One-minute load average. */
  readonly load: number
  /** Median time of a 4 KB write with `fdatasync`, of which every commit makes one. */
  readonly syncMs: number
}

export function measureBusyness(): Busyness {
  const dir = mkdtempSync(join(tmpdir(), 'bench-sync-'))
  const file = openSync(join(dir, 'file'), 'w')
  const page = Buffer.alloc(4096)
  const tookMs: number[] = []
  for (let write = 0; write < 500; write++) {
    const startedAtMs = performance.now()
    writeSync(file, page, 0, page.length, write * page.length)
    fdatasyncSync(file)
    tookMs.push(performance.now() - startedAtMs)
  }
  closeSync(file)
  rmSync(dir, { recursive: true })
  return { load: loadavg()[0] ?? 0, syncMs: quantile(tookMs, 0.5) }
}

/** The machine in one sentence. */
export function describeMachine(before: Busyness, after: Busyness): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const show = ({ load, syncMs }: Busyness) =>
    `load ${load.toFixed(1)}, a synced write ${syncMs.toFixed(2)} ms`
  return `${cpus().length} cores (${model}), Node ${process.versions.node}; before: ${show(before)}; after: ${show(after)}.`
}
