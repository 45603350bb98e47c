import { once } from 'node:events'

import { openStore, type Store } from '@mosaicstack/telemetry-server'
import {
  exportedEvents,
  exportedRuns,
  type ExportSink,
  type ExportSpan,
  type ExportTable,
  writeCsv,
  writeNdjson,
  writeParquet,
  writingFile,
} from '@mosaicstack/telemetry-server/operations'

import { CliError } from '../cli-error.ts'
import { counted } from '../output/format.ts'
import { openProgress } from '../output/progress.ts'
import { terminal } from '../output/terminal.ts'
import { findProjection } from '../projection/open-projection.ts'
import type { StoreFlags } from '../store-place.ts'

export type ExportKind = 'events' | 'runs'

export interface ExportFlags extends StoreFlags {
  readonly format: 'ndjson' | 'csv' | 'parquet'
  readonly since?: string
  readonly until?: string
  readonly out?: string
}

const WRITERS = { ndjson: writeNdjson, csv: writeCsv, parquet: writeParquet }

/** Writes events or runs to standard output or a file. */
export async function exportStore(what: ExportKind, flags: ExportFlags): Promise<void> {
  refuseUnfit(what, flags)
  const { place } = findProjection(flags)
  const span = { fromMs: readMoment('--since', flags.since), beforeMs: readMoment('--until', flags.until) }
  const store = await openStore(place)
  try {
    using progress = openProgress()
    const table = showing(tableOf(store, what, flags, span), (rows) => progress.show(counted(rows, 'row')))
    const write = (sink: ExportSink) => WRITERS[flags.format](table, sink)
    const rows = await (flags.out === undefined ? write(standardOutput) : writingFile(flags.out, write))
    progress.show('')
    terminal.err(`Wrote ${counted(rows, what === 'events' ? 'event' : 'run')}.`)
  } finally {
    await store.close()
  }
}

function tableOf(store: Store, what: ExportKind, { format }: ExportFlags, span: ExportSpan): ExportTable {
  if (what === 'events') return exportedEvents(store, span)
  return exportedRuns(store, span, { withTimelines: format === 'ndjson' })
}

function showing(table: ExportTable, show: (rows: number) => void): ExportTable {
  return {
    ...table,
    async *pages() {
      let rows = 0
      for await (const page of table.pages()) {
        yield page
        show((rows += page.length))
      }
    },
  }
}

const standardOutput: ExportSink = {
  async write(chunk) {
    // Whoever reads slowly is waited for, or everything would pile up in memory.
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain')
  },
}

function refuseUnfit(what: ExportKind, { format, out }: ExportFlags): void {
  if (format !== 'parquet') return
  if (what === 'runs') {
    throw new CliError('runs are written as ndjson or csv', { hint: 'Add --format ndjson.', exitCode: 2 })
  }
  if (out === undefined) {
    throw new CliError('a Parquet file is not for standard output', {
      hint: 'Add --out events.parquet.',
      exitCode: 2,
    })
  }
}

/** A day begins at midnight UTC; a moment says its own offset. */
function readMoment(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const isMoment = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
  const atMs = isMoment ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(atMs)) return atMs
  throw new CliError(`${flag}: ${JSON.stringify(text)} is no day or moment`, {
    hint: 'Write it as 2026-11-21 or 2026-11-21T09:30:00Z.',
    exitCode: 2,
  })
}
