import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * A process that goes on answering in an OpenCode database, a message a transaction, as the program does: it keeps its
 * connection and its write-ahead log open all the time.
 */
const SCRIPT = `
  const [file, session, parent] = process.argv.slice(1)
  const builtIn = await import('node:sqlite').catch(() => undefined)
  const Database = builtIn?.DatabaseSync ?? (await import('better-sqlite3')).default
  const database = new Database(file)
  database.exec('PRAGMA busy_timeout = 5000')
  const insert = database.prepare('INSERT INTO message (id, session_id, time_created, time_updated, data) VALUES (?, ?, ?, ?, ?)')
  let count = 0
  const write = () => {
    const at = 1795260000000 + ++count
    const tokens = { input: 10, output: 1, reasoning: 0, cache: { read: 0, write: 0 } }
    const data = { role: 'assistant', parentID: parent, modelID: 'mock-coder', providerID: 'mock', cost: 0.001, tokens, finish: 'stop', time: { created: at, completed: at } }
    insert.run('msg_w' + count, session, at, at, JSON.stringify(data))
  }
  write()
  console.log('writing')
  const timer = setInterval(write, 1)
  process.once('SIGTERM', () => { clearInterval(timer); console.log(String(count)); process.exit(0) })
`

export interface OpenCodeWriter extends AsyncDisposable {
  /** Ends it. @returns how many messages it has written. */
  end(): Promise<number>
}

export async function anOpenCodeWriter(
  file: string,
  session: string,
  parent: string,
): Promise<OpenCodeWriter> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, file, session, parent], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  await firstOutput(child)
  return {
    async end() {
      const last = firstOutput(child)
      child.kill('SIGTERM')
      return Number(await last)
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit')
    },
  }
}

async function firstOutput({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the writer has no output')
  const [output] = (await once(stdout, 'data')) as [Buffer]
  return output.toString().trim()
}
