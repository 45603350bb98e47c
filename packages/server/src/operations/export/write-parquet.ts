import { parseTimestampMicros } from '@mosaicstack/telemetry-client/protocol'
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'

import { version } from '../../version.ts'
import type { ExportColumn, ExportRow, ExportSink, ExportTable } from './export-row.ts'

/** Rows in memory at once: a row group. Larger ones compress hardly better. */
const ROWS_IN_GROUP = 20_000

/**
 * Writes a Parquet file, compressed with Snappy. Moments are timestamps in microseconds, UTC; several texts are one, with
 * semicolons between them, because not every reader takes lists.
 *
 * @returns the number of rows.
 */
export async function writeParquet(table: ExportTable, sink: ExportSink): Promise<number> {
  const writer = new ParquetWriter({
    writer: writingTo(sink),
    schema: schemaOf(table.columns),
    createdBy: `mosaic-telemetry ${version}`,
  })
  let rows = 0
  let group: ExportRow[] = []
  const writeGroup = async () => {
    const columnData = table.columns.map((column) => ({
      name: column.name,
      data: group.map((row) => parquetValue(column, row)),
    }))
    rows += group.length
    group = []
    await writer.write({ columnData, rowGroupSize: ROWS_IN_GROUP })
  }
  for await (const page of table.pages()) {
    group.push(...page)
    if (group.length >= ROWS_IN_GROUP) await writeGroup()
  }
  if (group.length > 0) await writeGroup()
  await writer.finish()
  return rows
}

/** Hands what is written on after every row group, and keeps nothing of it. */
function writingTo(sink: ExportSink): ByteWriter {
  const buffer = new ByteWriter()
  const flush = async () => {
    const bytes = buffer.getBytes().slice()
    buffer.index = 0
    await sink.write(bytes)
  }
  return Object.assign(buffer, { flush, finish: flush })
}

type Type = Pick<SchemaElement, 'type' | 'converted_type'>

const TYPES: Readonly<Record<ExportColumn['kind'], Type>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  list: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  timestamp: { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' },
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
}

function schemaOf(columns: readonly ExportColumn[]): SchemaElement[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, kind, isNullable }): SchemaElement => ({
      name,
      ...TYPES[kind],
      repetition_type: isNullable ? 'OPTIONAL' : 'REQUIRED',
    })),
  ]
}

function parquetValue({ name, kind }: ExportColumn, row: ExportRow): unknown {
  const value = row[name] ?? null
  if (value === null) return null
  switch (kind) {
    case 'integer':
      return BigInt(value as number)
    case 'timestamp':
      return BigInt(parseTimestampMicros(String(value)) ?? 0)
    case 'list':
      return (value as readonly string[]).join(';')
    case 'json':
      return JSON.stringify(value)
    default:
      return value
  }
}
