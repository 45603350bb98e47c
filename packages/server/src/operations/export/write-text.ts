import type { Json } from '@mosaicstack/telemetry-client/protocol'

import type { ExportRow, ExportSink, ExportTable } from './export-row.ts'

/** Writes one JSON object a line. @returns the number of rows. */
export async function writeNdjson(table: ExportTable, sink: ExportSink): Promise<number> {
  let rows = 0
  for await (const page of table.pages()) {
    rows += page.length
    if (page.length > 0) await sink.write(page.map((row) => `${JSON.stringify(row)}\n`).join(''))
  }
  return rows
}

/** Writes comma-separated values with a header, as RFC 4180 has it. @returns the number of rows. */
export async function writeCsv(table: ExportTable, sink: ExportSink): Promise<number> {
  const names = table.columns.map(({ name }) => name)
  await sink.write(`${names.join(',')}\r\n`)
  let rows = 0
  for await (const page of table.pages()) {
    rows += page.length
    if (page.length > 0) await sink.write(page.map((row) => csvLine(names, row)).join(''))
  }
  return rows
}

function csvLine(names: readonly string[], row: ExportRow): string {
  return `${names.map((name) => quoted(csvText(row[name] ?? null))).join(',')}\r\n`
}

/** Nothing for null; several texts with semicolons between them; anything deeper as JSON. */
function csvText(value: Json): string {
  if (value === null) return ''
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(';')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
