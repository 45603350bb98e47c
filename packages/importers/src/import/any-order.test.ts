import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { expect, it } from 'vitest'

import { importLogs } from '../import/import-logs.ts'
import { claudeCode } from '../claude-code/claude-code.ts'
import { codex } from '../codex/codex.ts'
import { answer, mainFile, prompt, subagentFile, toolResult, uuid } from '../testing/transcript.ts'
import { asLines, aWorkbench, contentsOf, fixture, type Workbench } from '../testing/workbench.ts'

/** A session with a subagent, a fork of it, gates, edits, and totals in the middle. */
function aHistory(): ReadonlyMap<string, string> {
  const main = [
    prompt('one', { promptId: uuid(1), at: 0 }),
    answer({ id: 'a', at: 1, output: 5, tools: [{ id: 'toolu_a', name: 'Agent', input: {} }] }),
    answer({ id: 'a', at: 2, output: 50, tools: [run('toolu_b', 'npm test')] }),
    toolResult('toolu_b', { at: 3, isError: true, content: 'Exit code 1' }),
    { ...toolResult('toolu_a', { at: 4 }), toolUseResult: { agentId: 'x', usage: { output_tokens: 70 } } },
    answer({ id: 'b', at: 5, tools: [{ id: 'toolu_c', name: 'Edit', input: { file_path: 'a.ts' } }] }),
    { ...toolResult('toolu_c', { at: 6 }), toolUseResult: { structuredPatch: [{ lines: ['+a', '-b'] }] } },
    {
      type: 'cost-state',
      sessionId: uuid(1),
      modelUsage: { 'claude-sonnet-4-6': { inputTokens: 500, outputTokens: 900 } },
    },
    prompt('two', { promptId: uuid(2), at: 60 }),
    answer({ id: 'c', at: 61, tools: [run('toolu_d', 'npm test')] }),
    toolResult('toolu_d', { at: 62 }),
    {
      type: 'system',
      subtype: 'compact_boundary',
      sessionId: uuid(1),
      timestamp: '2026-06-01T10:01:03.000Z',
    },
    answer({ id: 'd', at: 64 }),
  ]
  const fork = [
    ...main.slice(0, 5).map(inFork),
    prompt('three', { promptId: uuid(4), at: 90, session: uuid(3) }),
    answer({ id: 'e', at: 91, session: uuid(3) }),
  ]
  const subagent = [
    answer({ id: 's1', at: 2, output: 1, stopReason: null, isSidechain: true }),
    answer({ id: 's2', at: 3, output: 1, stopReason: null, isSidechain: true }),
  ]
  return new Map([
    [mainFile(uuid(1)), asLines(main)],
    [mainFile(uuid(3)), asLines(fork)],
    [subagentFile('x', uuid(1)), asLines(subagent)],
  ])
}

function run(id: string, command: string) {
  return { id, name: 'Bash', input: { command } }
}

function inFork(line: object) {
  return { ...line, sessionId: uuid(3), forkedFrom: { sessionId: uuid(1) } }
}

async function atOnce(history: ReadonlyMap<string, string>): Promise<unknown> {
  await using bench = await aWorkbench()
  for (const [path, text] of history) bench.write(path, text)
  await bench.import()
  return contentsOf(bench.ledger)
}

it('gives the same ledger however the files grow and in whatever order they are read', async () => {
  const history = aHistory()
  const expected = await atOnce(history)
  const files = [...history]
  const steps = fc.array(fc.tuple(fc.nat(files.length - 1), fc.double({ min: 0, max: 1, noNaN: true })), {
    maxLength: 8,
  })

  await fc.assert(
    fc.asyncProperty(steps, fc.shuffledSubarray(files, { minLength: files.length }), async (growth, rest) => {
      await using bench = await aWorkbench()
      const written = new Map<string, number>()
      for (const [which, share] of growth) {
        const [path, text] = files[which]!
        const length = Math.max(written.get(path) ?? 0, Math.floor(share * text.length))
        written.set(path, length)
        bench.write(path, text.slice(0, length))
        await bench.import()
      }
      for (const [path, text] of rest) {
        bench.write(path, text)
        await bench.import()
      }

      expect(contentsOf(bench.ledger)).toEqual(expected)
    }),
    { numRuns: 25 },
  )
}, 60_000)

it('gives the same ledger for a real rollout that is cut anywhere', async () => {
  const path =
    'codex/sessions/2026/11/21/rollout-2026-11-21T09-33-54-01a1fd74-860a-72b0-ad80-141d1c86996e.jsonl'
  const text = readFileSync(fixture(path), 'utf8')
  const target = `.${path}`
  const expected = await atOnce(new Map([[target, text]]))

  await fc.assert(
    fc.asyncProperty(fc.nat(text.length), async (cut) => {
      await using bench = await aWorkbench()
      bench.write(target, text.slice(0, cut))
      await bench.import()
      bench.write(target, text)
      await bench.import()

      expect(contentsOf(bench.ledger)).toEqual(expected)
    }),
    { numRuns: 15 },
  )
})

it('ends with the same ledger after being killed in the middle, again and again', async () => {
  await using bench = await aWorkbench()
  bench.bring('claude-code/recorded', '.claude')
  bench.bring('claude-code/public/marot', '.claude')
  bench.bring('codex', '.codex')
  await bench.import()
  const expected = contentsOf(bench.ledger)
  await bench.reopen('killed')
  bench.ledger.close()

  for (const afterFiles of [1, 3, 5]) await importUntilKilled(bench, afterFiles)
  await bench.reopen('killed')
  await bench.import()

  expect(contentsOf(bench.ledger)).toEqual(expected)
}, 60_000)

/** A real process with the built package, which kills itself without a word once so many files are read. */
async function importUntilKilled(bench: Workbench, afterFiles: number): Promise<void> {
  const built = new URL('../../dist/index.js', import.meta.url).href
  const source = `
    import { importers, importLogs, openLedger } from ${JSON.stringify(built)}
    const ledger = await openLedger({ path: ${JSON.stringify(join(bench.home, 'killed.db'))} })
    const machine = { platform: 'linux', home: ${JSON.stringify(bench.home)}, env: () => undefined }
    let files = 0
    await importLogs({ ledger, importers, machine, onProgress() {
      if (++files === ${afterFiles}) process.kill(process.pid, 'SIGKILL')
    } })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: 'inherit' })
  const [, signal] = await once(child, 'close')
  expect(signal).toBe('SIGKILL')
}

it('stops after the file at hand when asked to, and goes on the next time', async () => {
  await using bench = await aWorkbench()
  bench.bring('claude-code/recorded', '.claude')
  const stop = new AbortController()

  const first = await importLogs({
    ledger: bench.ledger,
    importers: [claudeCode, codex],
    machine: bench.machine,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  })
  const second = await bench.import()

  expect([first.files.read, second.files.read]).toEqual([1, 5])
})
