import { readFileSync } from 'node:fs'

import { expect, it } from 'vitest'

import * as api from './index.ts'
import { aWorkbench } from './testing/workbench.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const [first, second] = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code ?? '')

/** The example's own statements, with the names that it imports taken from the package. */
function run(code: string, given: Record<string, unknown>): Promise<unknown> {
  const body = code.replace(/^import \{.*?\n\n/s, '').replace('await using', 'const')
  const names = { ...api, ...given }
  const AsyncFunction = (async () => {}).constructor as new (
    ...args: string[]
  ) => (...args: unknown[]) => Promise<unknown>
  return new AsyncFunction(...Object.keys(names), body)(...Object.values(names))
}

it('begins with an example that prints what was spent', async () => {
  await using bench = await aWorkbench()
  bench.bring('claude-code/recorded', '.claude')
  const printed: unknown[][] = []

  await run(first!, {
    thisMachine: () => bench.machine,
    openLedger: () => bench.ledger,
    console: { log: (...words: unknown[]) => printed.push(words) },
  })

  expect(printed.map(([, model]) => model)).toEqual([
    'claude-opus-4-6',
    'claude-sonnet-4-5-20250929',
    'claude-sonnet-4-6',
  ])
})

it('shows how another agent is added', async () => {
  await using bench = await aWorkbench()
  const line = { session: 's', prompt: 'p', time: 1 }
  bench.write('.my-agent/log.jsonl', [
    { ...line, type: 'prompt' },
    { ...line, type: 'answer', id: 'a', model: 'gpt-4.1', input: 10, output: 5 },
  ])

  await run(second!, { ledger: bench.ledger, machine: bench.machine })

  expect(api.listTasks(bench.ledger)).toMatchObject([
    { harness: 'my_agent', tokens: { freshInput: 10, output: 5 } },
  ])
})
