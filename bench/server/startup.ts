/**
 * How soon `mosaic-telemetry serve` answers and what it holds in memory while nothing happens: on a fresh directory,
 * and again on the directory that it has just left. Goals: ready within 1 s, less than 150 MB.
 *
 *   npx tsc -b && npx tsc -p bench/server && node bench/server/dist/server/startup.js [starts]
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const commandLine = fileURLToPath(new URL('../../../../packages/cli/dist/main.js', import.meta.url))

/** What garbage collection and the first chores need to come to rest. */
const IDLE_MS = 3000

interface Start {
  readonly readyMs: number
  readonly idleMb: number
}

async function start(dataDir: string): Promise<Start> {
  const startedAtMs = performance.now()
  const child = spawn(process.execPath, [commandLine, 'serve', '--port', '0', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(child.stdout, 'data')
  const readyMs = performance.now() - startedAtMs

  await sleep(IDLE_MS)
  const idleMb = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)])) / 1024
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
  return { readyMs, idleMb }
}

function row(name: string, starts: readonly Start[]): string {
  const columns = (['readyMs', 'idleMb'] as const).flatMap((column) => {
    const values = starts.map((each) => each[column]).sort((a, b) => a - b)
    return [values[Math.floor(values.length / 2)], values.at(-1)]
  })
  return [name.padEnd(20), ...columns.map((value) => (value ?? 0).toFixed(0).padStart(10))].join('')
}

const count = Number(process.argv[2] ?? 5)
const fresh: Start[] = []
const again: Start[] = []
for (let index = 0; index < count; index++) {
  const dataDir = mkdtempSync(join(tmpdir(), 'startup-'))
  fresh.push(await start(dataDir))
  again.push(await start(dataDir))
  rmSync(dataDir, { recursive: true })
}

console.log(`Node ${process.versions.node}, ${availableParallelism()} cores, ${count} starts each`)
console.log(`${' '.repeat(20)}  ready ms       max   idle MB       max`)
console.log(row('fresh directory', fresh))
console.log(row('the same again', again))
