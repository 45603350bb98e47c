import type { JsonRecord, ReadContext } from './importer.ts'
import { isRecord } from './json-fields.ts'

/** The object that a JSON document is; undefined, and reported, where it is none. */
export function parseDocument(bytes: Buffer, report: ReadContext['report']): JsonRecord | undefined {
  const value = parseJson(bytes, report)
  if (value === undefined) return undefined
  if (isRecord(value)) return value
  report('not_an_object')
  return undefined
}

/** The list of objects that a JSON document is; entries that are none are reported and left out. */
export function parseList(bytes: Buffer, report: ReadContext['report']): readonly JsonRecord[] {
  const value = parseJson(bytes, report)
  if (value === undefined) return []
  if (!Array.isArray(value)) {
    report('wrong_type')
    return []
  }
  return value.filter((entry: unknown): entry is JsonRecord => {
    if (isRecord(entry)) return true
    report('not_an_object')
    return false
  })
}

/** A document that is being written may be cut off; it is read again when it has changed. */
function parseJson(bytes: Buffer, report: ReadContext['report']): unknown {
  const text = bytes.toString('utf8')
  const clean = text.includes('\0') ? text.replaceAll('\0', '') : text
  if (clean !== text) report('nul_bytes')
  try {
    return JSON.parse(clean) as unknown
  } catch {
    report('not_json')
    return undefined
  }
}
