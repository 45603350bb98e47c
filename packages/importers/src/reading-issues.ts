/**
 * Everything that can be wrong with a piece of a log. Reading never throws for it: the piece is skipped, or repaired
 * where the word says so, and counted under its reason.
 */
export const READING_ISSUES = [
  /** No JSON: torn by a crash, or not ours. */
  'not_json',
  'not_an_object',
  /** Longer than `MAX_LINE_BYTES`. */
  'too_long',
  /** NUL bytes, as a crash of the machine leaves them; dropped, and the rest of the line read. */
  'nul_bytes',
  /** A type that this importer does not know. Frequent, and no harm: new versions write new types. */
  'unknown_type',
  /** A field that is needed has a type it cannot have. */
  'wrong_type',
  /** A number written as text; read as the number. */
  'number_as_text',
  /** An answer of a model without its token counts. */
  'no_usage',
  /** A line that counts has no readable time; the time of the line before it stands in. */
  'no_time',
  /** The file cannot be opened or read. */
  'unreadable_file',
] as const

export type ReadingIssue = (typeof READING_ISSUES)[number]
