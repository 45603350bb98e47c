import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { importLogs } from './import/import-logs.ts'
import type { Importer } from './importer.ts'
import { importers } from './importers.ts'
import { aWorkbench, fixture } from './testing/workbench.ts'

/** Real logs of nine agents, those included that nobody reads, with fields and types that no version writes. */
const LOGS = readdirSync(fixture('format'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))

it.each(importers.map((importer) => [importer.title, importer] as const))(
  'makes nothing but facts and counted issues of the logs of all agents, read as those of %s',
  async (_, importer) => {
    await using bench = await aWorkbench()
    for (const [index, path] of LOGS.entries()) cpSync(path, join(bench.home, 'logs', `${index}.log`))

    const report = await importLogs({ ...bench, importers: [readingEverything(importer)] })

    const { read, unreadable } = report.files
    expect(read + unreadable).toBe(LOGS.length)
    expect(unreadable).toBe(importer.format.kind === 'database' ? LOGS.length : 0)
  },
)

it('keeps nothing of what people and models wrote in them', async () => {
  await using bench = await aWorkbench()
  for (const [index, path] of LOGS.entries()) cpSync(path, join(bench.home, 'logs', `${index}.log`))

  await importLogs({ ...bench, importers: importers.map(readingEverything) })
  bench.ledger.close()

  const ledger = readFileSync(join(bench.home, 'ledger.db'), 'latin1')
  const texts = [
    'Say hello and list files',
    'summarize what it prints',
    'Inspect the synthetic',
    'Captured multiline',
  ]
  for (const text of texts) {
    expect(
      LOGS.some((path) => readFileSync(path, 'latin1').includes(text)),
      text,
    ).toBe(true)
    expect(ledger.includes(text), text).toBe(false)
  }
  await bench.reopen()
})

/** The same importer, for whatever lies in one directory. */
function readingEverything(importer: Importer): Importer {
  return {
    ...importer,
    locate: ({ home }) => [{ path: join(home, 'logs'), isLog: (path) => path.endsWith('.log') }],
  }
}
