import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { chart } from './scale-chart.ts'
import type { ProjectionFigures, RefitFigures } from './scale-child.ts'
import { type MemoryFigures, scaleDocument } from './scale-document.ts'

/** Measures the predictions at growing sizes and writes docs/predictions-scale.md and its chart. Takes some minutes. */

const SIZES = [1000, 100_000, 10_000_000]
const document = new URL('../../../docs/predictions-scale.md', import.meta.url)
const image = new URL('../../../docs/images/predictions-scale.svg', import.meta.url)

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : SIZES
const rows = sizes.map((events) => {
  const projection = child<ProjectionFigures>('scale-child', ['projection', events])
  const refit = child<RefitFigures>('scale-child', ['refit', events])
  console.log(JSON.stringify({ ...projection, refit }))
  return { ...projection, refit }
})

if (sizes.join() === SIZES.join()) {
  const memory = measureMemory()
  writeFileSync(document, scaleDocument(rows, memory))
  mkdirSync(new URL('.', image), { recursive: true })
  writeFileSync(
    image,
    chart(SIZES, [
      {
        title: 'A query',
        unit: 'µs',
        lines: [
          { name: 'p99', values: rows.map(({ p99Us }) => p99Us) },
          { name: 'median', values: rows.map(({ p50Us }) => p50Us) },
        ],
      },
      { title: 'Memory', unit: 'MB', lines: [{ name: '', values: rows.map(({ bytes }) => bytes / 1e6) }] },
      {
        title: 'Loading the units',
        unit: 'ms',
        lines: [{ name: '', values: rows.map(({ loadMs }) => loadMs) }],
      },
      {
        title: 'A refit of the forecast',
        unit: 'ms',
        lines: [{ name: '', values: rows.map(({ refit }) => refit.refitMs) }],
      },
    ]),
  )
}

function measureMemory(): readonly MemoryFigures[] {
  return [
    bytesPerUnit('a unit of one event', 400_000, 1),
    bytesPerUnit('a unit of two events', 400_000, 2),
    bytesPerUnit('a unit of twenty events', 100_000, 20),
    bytesPerUnit('an event of an invented model name, where one instance makes a model', 100_000, 1, 1),
    bytesPerUnit('the same where two instances make a model', 100_000, 1, 2),
  ]
}

function bytesPerUnit(what: string, ...args: number[]): MemoryFigures {
  const { units, bytes } = child<{ units: number; bytes: number }>('memory-child', args)
  console.log(what, units, bytes / units)
  return { what, bytesPerUnit: bytes / units }
}

function child<Figures>(name: string, args: readonly (string | number)[]): Figures {
  const file = fileURLToPath(new URL(`${name}.js`, import.meta.url))
  const options = ['--expose-gc', '--max-old-space-size=12000', file, ...args.map(String)]
  return JSON.parse(
    execFileSync(process.execPath, options, { encoding: 'utf8', maxBuffer: 1 << 24 }),
  ) as Figures
}
