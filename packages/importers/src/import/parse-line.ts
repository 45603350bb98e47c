import type { JsonRecord, LongTexts } from '../importer.ts'
import { isRecord } from '../json-fields.ts'
import { findCuts, type Span, textWithout } from './cut-texts.ts'

export type ParsedLine =
  | { readonly kind: 'record'; readonly record: JsonRecord; readonly hadNul: boolean }
  | { readonly kind: 'not_json' | 'not_an_object' | 'nul_bytes' }

export interface LineBytes extends Span {
  readonly buffer: Buffer
  /** Half a line at the end of a file has to be JSON as it stands. */
  readonly isWhole: boolean
}

/** Parses a line; where the format says which texts it reads no further than their beginning, these come cut. */
export function parseLine(line: LineBytes, longTexts?: LongTexts): ParsedLine {
  const cuts =
    longTexts !== undefined && line.isWhole ? findCuts(line.buffer, line, longTexts.names) : undefined
  if (longTexts !== undefined && cuts !== undefined) {
    const parsed = parseText(textWithout(line.buffer, line, cuts))
    if (parsed.kind !== 'record' || !longTexts.areNeeded(parsed.record)) return parsed
  }
  return parseText(line.buffer.toString('utf8', line.start, line.end))
}

function parseText(text: string): ParsedLine {
  const hadNul = text.includes('\0')
  const clean = hadNul ? text.replaceAll('\0', '') : text
  if (hadNul && clean.trim() === '') return { kind: 'nul_bytes' }
  try {
    const record: unknown = JSON.parse(clean)
    return isRecord(record) ? { kind: 'record', record, hadNul } : { kind: 'not_an_object' }
  } catch {
    return { kind: 'not_json' }
  }
}
