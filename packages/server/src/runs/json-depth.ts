import type { Json } from '@mosaicstack/telemetry-client/protocol'

/** Levels of arrays and objects that JSON of a client may have. Writing out a few thousand overflows the stack. */
export const MAX_JSON_DEPTH = 100

/** What is said of JSON beyond it. */
export const TOO_DEEP = `must not be nested deeper than ${MAX_JSON_DEPTH} levels`

/** Whether a value has more levels than may be written out again; looks no deeper than that itself. */
export function isTooDeep(value: Json | undefined, levelsLeft = MAX_JSON_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levelsLeft === 0) return true
  const items: readonly Json[] = Array.isArray(value) ? value : Object.values(value)
  return items.some((item) => isTooDeep(item, levelsLeft - 1))
}
