import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { importers } from '../importers.ts'
import { listTasks } from '../reports/list-tasks.ts'
import { answer, mainFile, prompt, uuid } from '../testing/transcript.ts'
import { asLines, aWorkbench, type Workbench } from '../testing/workbench.ts'
import { watchLogs } from './watch-logs.ts'

it.each([
  ['as soon as the system tells', { pollMs: 60_000, settleMs: 10 }],
  ['by looking, where the system does not tell', { pollMs: 20, settleMs: 10 }],
])('reads what is appended %s, and ends when it is aborted', async (_, timing) => {
  await using bench = await aWorkbench()
  bench.write(mainFile(), [prompt('one', { promptId: uuid(1) }), answer({ id: 'a', at: 1, output: 1 })])
  const stop = new AbortController()
  const outputs: number[] = []

  await watchLogs({
    ledger: bench.ledger,
    importers,
    machine: bench.machine,
    signal: stop.signal,
    ...timing,
    onImport: () => {
      outputs.push(outputOf(bench))
      if (outputs.at(-1) === 1) {
        appendFileSync(join(bench.home, mainFile()), asLines([answer({ id: 'b', at: 2, output: 10 })]))
      } else stop.abort()
    },
  })

  expect(outputs).toEqual([1, 11])
})

function outputOf(bench: Workbench): number {
  return listTasks(bench.ledger)[0]?.tokens.output ?? 0
}
