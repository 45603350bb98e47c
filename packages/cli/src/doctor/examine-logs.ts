import { existsSync } from 'node:fs'

import { findLogs, importers, ledgerPath, thisMachine } from '@mosaicstack/telemetry-importers'

import { counted } from '../output/format.ts'
import { type Finding, note, ok } from './finding.ts'

/** Where `import` looks, and what it would find there; then what was imported so far. */
export function examineLogs(): readonly Finding[] {
  const titles = [...new Set(importers.map(({ title }) => title))]
  return [...titles.map(examineAgent), examineLedger()]
}

function examineAgent(title: string): Finding {
  const some = importers.filter((importer) => importer.title === title)
  const machine = thisMachine()
  const places = [...new Set(some.flatMap((importer) => importer.locate(machine).map(({ path }) => path)))]
  const logs = some.reduce((count, importer) => count + findLogs(importer, machine).length, 0)
  const what = `logs: ${title}`
  if (logs === 0) return note(what, places.length === 0 ? 'no file is named' : `none in ${listed(places)}`)
  return ok(what, `${counted(logs, 'log')} in ${listed(places.filter((path) => existsSync(path)))}`)
}

/** Editors and their relatives have a place each, all named alike. */
function listed([first = '', ...others]: readonly string[]): string {
  return others.length > 1 ? `${first} and ${others.length} other places` : [first, ...others].join(', ')
}

function examineLedger(): Finding {
  const path = ledgerPath(thisMachine())
  if (existsSync(path)) return ok('imported', path)
  return note(
    'imported',
    'nothing yet',
    'Look at what would be sent with `mosaic-telemetry import --dry-run`.',
  )
}
