import type { Json } from '@mosaicstack/telemetry-client/protocol'

/** One row of an export, by column. */
export type ExportRow = Readonly<Record<string, Json>>

/** What an export holds: its columns, in order, and its rows, a page at a time so that memory stays bounded. */
export interface ExportTable {
  readonly columns: readonly ExportColumn[]
  pages(): AsyncIterable<readonly ExportRow[]>
}

export interface ExportColumn {
  readonly name: string
  /** `list` is several texts; `timestamp` a text as RFC 3339 has it; `json` anything. */
  readonly kind: 'text' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'list' | 'json'
  readonly isNullable: boolean
}

/** Where an export goes. */
export interface ExportSink {
  write(chunk: string | Uint8Array): Promise<void>
}

/** Only what was received, or created, from a moment on, and before another. */
export interface ExportSpan {
  readonly fromMs?: number | undefined
  readonly beforeMs?: number | undefined
}

export function isWithin(atMs: number, { fromMs = -Infinity, beforeMs = Infinity }: ExportSpan): boolean {
  return atMs >= fromMs && atMs < beforeMs
}
