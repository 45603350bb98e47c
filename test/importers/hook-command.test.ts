import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { answer, mainFile, prompt, START_MS, uuid } from '../../packages/importers/src/testing/transcript.ts'
import type { Finished, Variables } from '../cli/run-cli.ts'
import { startGuideServer } from '../guide/guide-server.ts'
import { aHome, type Home } from './a-home.ts'

const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const RECORDED = readFileSync(new URL('fixtures/hooks-claude-code.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
const MODEL = 'claude-sonnet-4-5'
const SESSION = uuid(1)
const QUIET = { code: 0, stdout: '', stderr: '' }

let home: Home
beforeEach(() => {
  home = aHome()
})
afterEach(async () => {
  await untilImported(home)
  home[Symbol.dispose]()
})

describe('hook claude-code', () => {
  it('is silent and exits 0 for every kind of event that was recorded', async () => {
    const kinds = RECORDED.map((line) => JSON.parse(line).hook_event_name)

    const runs = await Promise.all(RECORDED.map((line) => call('hook claude-code', line)))

    expect(new Set(kinds).size).toBe(kinds.length)
    expect(runs.map(({ code, stderr, stdout }) => ({ code, stderr, stdout }))).toEqual(runs.map(() => QUIET))
    const journal = readFileSync(join(home.path, '.local/state/mosaic-telemetry/hooks.ndjson'), 'utf8')
    expect(
      journal
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).event)
        .sort(),
    ).toEqual(kinds.sort())
    // Ids, times and the path of the transcript; nothing that was typed or read.
    expect(journal).not.toMatch(/MAIN-JOB|hello\.py|"cwd"/)
  })

  it.each(['', '{ torn', '[]', '{"hook_event_name":1}'])('exits 0 for %j', async (input) => {
    expect(await call('hook claude-code', input)).toMatchObject({ code: 0, stdout: '' })
  })

  it('exits 0 where nothing can be kept', async () => {
    home.write('file', 'in the way')
    const variables = { MOSAIC_TELEMETRY_LEDGER: join(home.path, 'file/ledger.db') }

    expect(await call('hook claude-code', event('Stop'), variables)).toMatchObject(QUIET)
  })

  it('imports in the background when a session ends, once however many hooks ask, and sends its last task', async () => {
    await using server = await startGuideServer()
    home.write(mainFile(), aTask(uuid(7)))

    const hooks = ['Stop', 'Stop', 'SessionEnd'].map((name) =>
      call('hook claude-code', event(name), server.variables),
    )
    await Promise.all(hooks)
    await untilImported(home)

    expect(await server.stored()).toHaveLength(1)
  })

  it('says what such tasks cost before the work starts, and has it compared afterwards', async () => {
    await using server = await startGuideServer()
    await server.report(20, { model: MODEL, provider: 'anthropic' })
    const variables = { ...server.variables, MOSAIC_TELEMETRY_DATA_DIR: join(home.path, 'data') }
    const refreshed = await call(`hook claude-code --refresh-forecast ${MODEL}`, '', variables)
    await call('hook claude-code', event('SessionStart', { model: MODEL }), variables)

    const submitted = event('UserPromptSubmit', { prompt_id: uuid(7), prompt: 'SECRET' })
    const silent = await call('hook claude-code', submitted, variables)
    const shown = await call('hook claude-code --show-forecast', submitted, variables)

    expect([refreshed.code, silent]).toEqual([0, expect.objectContaining(QUIET)])
    expect(JSON.parse(shown.stdout)).toEqual({
      systemMessage: expect.stringMatching(/^Most tasks with claude-sonnet-4-5 cost .*\$.* and take .* s/),
    })

    home.write(mainFile(), aTask(uuid(7)))
    await call('hook claude-code', event('SessionEnd'), variables)
    await untilImported(home)
    const report = JSON.parse((await home.run('report --json --by session', variables)).stdout)
    expect(report.rows[0].estimated).toMatchObject({ tasks: 1, estimated_cost_usd: expect.any(Number) })
    expect(report.rows[0].estimated.estimated_cost_usd).toBeGreaterThan(0)
  })
})

describe('statusline', () => {
  it('adds what the running session has cost since the last import to what was spent today', async () => {
    home.write(mainFile(), aTask(uuid(7)))
    await home.run('import')
    const { known_cost_usd: imported } = JSON.parse((await home.run('report --json --by session')).stdout)
      .rows[0]

    const asImported = await call('statusline', status({ total_cost_usd: imported }))
    const later = await call('statusline', status({ total_cost_usd: imported + 1 }))

    expect(dollars(asImported)).toEqual([`$${imported.toFixed(2)}`, `$${imported.toFixed(2)}`])
    expect(dollars(later)).toEqual([`$${(imported + 1).toFixed(2)}`, `$${(imported + 1).toFixed(2)}`])
  })

  it.each(['', '{ torn', '{}', '{"cost":null,"session_id":7}'])(
    'is a line or nothing for %j',
    async (input) => {
      const { code, stdout } = await call('statusline', input)

      expect(code).toBe(0)
      expect(['', '$0.00 today\n']).toContain(stdout)
    },
  )
})

function dollars({ stdout }: Finished): readonly string[] | null {
  return stdout.match(/\$[\d.]+/g)
}

function event(name: string, fields: object = {}): string {
  return JSON.stringify({
    session_id: SESSION,
    transcript_path: join(home.path, mainFile()),
    hook_event_name: name,
    ...fields,
  })
}

function status(cost: object): string {
  return JSON.stringify({
    session_id: SESSION,
    prompt_id: uuid(7),
    cost,
    context_window: { used_percentage: 41 },
  })
}

/** A task of the last minutes, so that only the end of its session makes it final. */
function aTask(promptId: string): readonly unknown[] {
  const at = (Date.now() - START_MS) / 1000 - 60
  return [
    prompt('SECRET', { promptId, at }),
    answer({ id: 'a', at: at + 5, output: 100_000, model: 'claude-sonnet-4-6' }),
  ]
}

async function call(command: string, stdin: string, variables: Variables = {}): Promise<Finished> {
  const child = spawn(process.execPath, [MAIN, ...command.split(' ')], {
    env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...home.variables, ...variables },
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  child.stdin.on('error', () => {}) // it may be gone before it has read
  child.stdin.end(stdin)
  const [code, signal] = (await once(child, 'close')) as [number, null]
  return { code, signal, ...output }
}

/** The import in the background has come and gone, where a hook has asked for one. */
async function untilImported({ path }: Home): Promise<void> {
  const state = join(path, '.local/state/mosaic-telemetry')
  if (!existsSync(join(state, 'import.wanted'))) return
  while (!existsSync(join(state, 'spend.json')) || existsSync(join(state, 'import.lock'))) await sleep(50)
}
