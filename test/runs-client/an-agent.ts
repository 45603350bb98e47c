import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const CLIENT = new URL('../../packages/client/dist/runs/index.js', import.meta.url).href

/** A program with a `RunClient` of the built package, in a process of its own, so that it can really die. */
export interface Agent {
  /** Calls a method of the client there, and resolves to what it returned. */
  call(method: string, ...args: readonly unknown[]): Promise<unknown>
  /** SIGKILL: nothing of it runs after this. */
  kill(): Promise<void>
  /** Ends as a program does that has nothing more to do. */
  finish(): Promise<{ readonly code: number | null; readonly stdout: string }>
}

const PROGRAM = `
  import { RunClient } from ${JSON.stringify(CLIENT)}
  import { createInterface } from 'node:readline'
  const client = new RunClient({ ...JSON.parse(process.env.CONFIG), logger: {} })
  createInterface({ input: process.stdin }).on('line', async (line) => {
    const { method, args } = JSON.parse(line)
    const result = await client[method](...args)
    process.stderr.write(JSON.stringify(result ?? null) + '\\n')
  })`

export function startAgent(config: object): Agent {
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    env: { PATH: process.env['PATH'], CONFIG: JSON.stringify(config) },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  const answers = createInterface({ input: child.stderr! })
  let stdout = ''
  child.stdout!.on('data', (chunk) => (stdout += chunk))

  return {
    async call(method, ...args) {
      child.stdin!.write(`${JSON.stringify({ method, args })}\n`)
      const [line] = (await once(answers, 'line')) as [string]
      return JSON.parse(line)
    },
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
    async finish() {
      child.stdin!.end()
      const [code] = (await closed) as [number | null]
      return { code, stdout }
    },
  }
}
