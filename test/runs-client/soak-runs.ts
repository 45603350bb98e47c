import { RunClient } from '@mosaicstack/telemetry-client/runs'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface SoakPlan {
  readonly processes: number
  readonly runsPerProcess: number
  /** How often the server is killed with SIGKILL and started again, spread over the work. */
  readonly restarts: number
}

export interface SoakResult {
  readonly stored: number
  /** Run ids that the server has more than once. */
  readonly repeated: number
  /** Stored, but never ended. */
  readonly open: number
  /** Whole NDJSON lines: two a run. */
  readonly lines: number
  readonly deadLetters: number
  readonly seconds: number
}

const CLI = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const CLIENT = new URL('../../packages/client/dist/runs/index.js', import.meta.url).href

/** Says `.` after every tenth of its runs. */
const WORKER = `
  import { RunClient } from ${JSON.stringify(CLIENT)}
  import { setTimeout as sleep } from 'node:timers/promises'
  const { config, count, name } = JSON.parse(process.env.WORK)
  const client = new RunClient({ ...config, logger: {} })
  for (let done = 1; done <= count; done++) {
    client.endRun(client.startRun(name, 'soak', 'cli', { run_id: name + '-' + done }), 'success', { items_succeeded: done })
    if (done % 5 === 0) await sleep(10)
    if (done % (count / 10) === 0) process.stderr.write('.\\n')
  }
  await client.close()`

/** Many processes record runs through one buffer directory while the server dies and comes back; then counts. */
export async function soakRuns(plan: SoakPlan): Promise<SoakResult> {
  const directory = mkdtempSync(join(tmpdir(), 'soak-runs-'))
  const startedAtMs = performance.now()
  let server = await startServe(join(directory, 'data'), 0)
  try {
    const config = {
      serverUrl: server.url,
      bufferDir: join(directory, 'buffer'),
      ndjsonDir: join(directory, 'raw'),
    }
    let restarts = 0
    const onProgress = progressCounter(plan, async () => {
      restarts++
      await server.end()
      server = await startServe(join(directory, 'data'), Number(new URL(config.serverUrl).port))
    })
    const workers = Array.from({ length: plan.processes }, (_, index) =>
      runWorker({ config, count: plan.runsPerProcess, name: `worker-${index}` }, onProgress.tick),
    )
    await Promise.all(workers)
    await onProgress.idle()
    if (restarts !== plan.restarts) throw new Error(`${restarts} of ${plan.restarts} restarts came about`)

    await deliverTheRest(config)
    const runs = await readAllRuns(config.serverUrl)
    return { ...count(runs), ...countFiles(config), seconds: (performance.now() - startedAtMs) / 1000 }
  } finally {
    await server.end()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Restarts one after the other, evenly over the tenths of all workers. */
function progressCounter({ processes, restarts }: SoakPlan, restart: () => Promise<void>) {
  const every = Math.floor((processes * 10) / (restarts + 1))
  let ticks = 0
  let working: Promise<void> = Promise.resolve()
  return {
    tick: () => {
      ticks++
      if (ticks % every === 0 && ticks / every <= restarts) working = working.then(restart)
    },
    idle: () => working,
  }
}

async function runWorker(work: object, onTenth: () => void): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', WORKER], {
    env: { PATH: process.env['PATH'], WORK: JSON.stringify(work) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  createInterface({ input: child.stderr }).on('line', onTenth)
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`a worker ended with ${code}`)
}

/** What the workers' `close()` had no time for. */
async function deliverTheRest(config: { readonly serverUrl: string }): Promise<void> {
  const client = new RunClient({ ...config, logger: {} })
  const { cause, waiting } = await client.sync()
  await client.close()
  if (waiting > 0) throw new Error(`${waiting} writes wait: ${cause}`)
}

interface Run {
  readonly run_id: string
  readonly status: string
}

async function readAllRuns(url: string): Promise<Run[]> {
  const runs: Run[] = []
  for (let next: string | undefined = '/api/v1/runs?limit=1000'; next !== undefined;) {
    const response: Response = await fetch(url + next)
    runs.push(...((await response.json()) as Run[]))
    next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
  }
  return runs
}

function count(runs: readonly Run[]): Pick<SoakResult, 'stored' | 'repeated' | 'open'> {
  return {
    stored: runs.length,
    repeated: runs.length - new Set(runs.map(({ run_id }) => run_id)).size,
    open: runs.filter(({ status }) => status === 'running').length,
  }
}

function countFiles(config: { readonly bufferDir: string; readonly ndjsonDir: string }) {
  const lines = readdirSync(config.ndjsonDir).flatMap((file) => linesOf(join(config.ndjsonDir, file)))
  for (const line of lines) JSON.parse(line)
  const deadLetter = join(config.bufferDir, 'dead-letter.ndjson')
  return { lines: lines.length, deadLetters: existsSync(deadLetter) ? linesOf(deadLetter).length : 0 }
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1)
}

async function startServe(dataDir: string, port: number) {
  const args = [CLI, 'serve', '--port', String(port), '--data-dir', dataDir, '--log-level', 'error']
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const closed = once(child, 'close')
  const [url] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  return {
    url,
    async end() {
      child.kill('SIGKILL')
      await closed
    },
  }
}
