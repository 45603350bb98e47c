import { basename } from 'node:path'

import { type Ledger, spend, type SpendDimension } from '@mosaicstack/telemetry-importers'

import { CliError } from '../cli-error.ts'
import { nameOf } from '../import/select-sources.ts'
import { nearestWord } from '../nearest-word.ts'

/** @throws CliError where the ledger has nothing of that name, here and below. */
export function findHarness(ledger: Ledger, name: string): string {
  const wanted = name.toLowerCase().replaceAll('-', '_')
  const known = valuesOf(ledger, 'harness')
  if (known.includes(wanted)) return wanted
  throw unknown('--harness', name, known.map(nameOf))
}

export function findModel(ledger: Ledger, name: string): string {
  const known = valuesOf(ledger, 'model')
  if (known.includes(name)) return name
  throw unknown('--model', name, known)
}

/** A project by its directory, or by the last part of it where that is enough. */
export function findProject(ledger: Ledger, name: string): string {
  const known = valuesOf(ledger, 'project')
  if (known.includes(name)) return name
  const [first, second] = known.filter((path) => basename(path) === name)
  if (first !== undefined && second === undefined) return first
  if (first === undefined)
    throw unknown(
      '--project',
      name,
      known.map((path) => basename(path)),
    )
  throw new CliError(`--project: ${JSON.stringify(name)} may be ${first} or ${second}`, {
    hint: 'Write the whole path.',
    exitCode: 2,
  })
}

function valuesOf(ledger: Ledger, by: SpendDimension): readonly string[] {
  return spend(ledger, { by: [by] }).flatMap(({ keys }) => keys[by] ?? [])
}

function unknown(flag: string, name: string, known: readonly string[]): CliError {
  const nearest = nearestWord(name, known)
  return new CliError(`${flag}: nothing is known of ${JSON.stringify(name)}`, {
    hint:
      nearest === undefined
        ? `Known: ${known.slice(0, 10).join(', ') || 'nothing'}.`
        : `Did you mean ${nearest}?`,
    exitCode: 2,
  })
}
