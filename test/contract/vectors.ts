import { readFileSync } from 'node:fs'

interface VectorFile {
  readonly now: string
  readonly base: Record<string, unknown>
  readonly vectors: readonly StoredVector[]
}

/** A vector as the files hold it; `test/vectors/README.md` says what each member means. */
interface StoredVector {
  readonly title: string
  readonly event?: unknown
  readonly patch?: Record<string, unknown>
  readonly patch_json?: string
  readonly remove?: readonly string[]
  readonly reads_as?: Record<string, unknown>
  readonly field?: string
  readonly code?: string
  readonly beyond_json_schema?: string
}

/** An event that every implementation accepts. */
export interface ValidVector {
  readonly title: string
  /** The event's JSON, spelled as the file spells it: `45000.0` stays `45000.0`. */
  readonly json: string
  /** How fields read back that are not stored as they were sent. */
  readonly readsAs: Readonly<Record<string, unknown>>
}

/** An event that every implementation rejects, for this field and with this code. */
export interface InvalidVector {
  readonly title: string
  readonly json: string
  /** Empty where the event is no object at all. */
  readonly field: string
  readonly code: string
  /** What a JSON Schema would have to know to reject it; the schema accepts it. */
  readonly beyondJsonSchema: string | undefined
}

const validFile = read('events-valid.json')
const invalidFile = read('events-invalid.json')

/** The clock against which the vectors' timestamps are meant. */
export const vectorsNowMs = Date.parse(validFile.now)
export const vectorInstanceId = String(validFile.base['instance_id'])

export const validVectors: readonly ValidVector[] = validFile.vectors.map((vector) => ({
  title: vector.title,
  json: jsonOf(vector, validFile.base),
  readsAs: vector.reads_as ?? {},
}))

export const invalidVectors: readonly InvalidVector[] = invalidFile.vectors.map((vector) => ({
  title: vector.title,
  json: jsonOf(vector, invalidFile.base),
  field: vector.field ?? '',
  code: vector.code ?? '',
  beyondJsonSchema: vector.beyond_json_schema,
}))

/** The base event with the given fields in place of its own. */
export function aVectorEvent(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { ...validFile.base, ...fields }
}

function read(name: string): VectorFile {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8')) as VectorFile
}

/** Joins texts rather than values, because a value would forget how its number was spelled. */
function jsonOf(vector: StoredVector, base: Record<string, unknown>): string {
  if (vector.event !== undefined) return JSON.stringify(vector.event)

  const literal = vector.patch_json ?? '{}'
  const replaced = new Set([...(vector.remove ?? []), ...Object.keys(JSON.parse(literal) as object)])
  const kept = Object.entries({ ...base, ...vector.patch }).filter(([name]) => !replaced.has(name))
  const members = [JSON.stringify(Object.fromEntries(kept)), literal].map((text) => text.trim().slice(1, -1))
  return `{${members.filter((text) => text !== '').join(',')}}`
}
