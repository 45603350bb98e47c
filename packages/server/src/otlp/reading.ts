import { createHash } from 'node:crypto'

import type { KeyedOtlpRequest, OtlpMark, OtlpPoint } from '../storage/otlp-store.ts'

/** What one record says to us. */
export type Reading =
  | { readonly kind: 'request'; readonly request: KeyedOtlpRequest }
  | { readonly kind: 'mark'; readonly mark: OtlpMark }
  | { readonly kind: 'point'; readonly point: OtlpPoint }
  /** Nothing that we keep; the name is for the counter. */
  | { readonly kind: 'ignored'; readonly name: string }
  /** It should say something that we keep, and cannot be read. */
  | { readonly kind: 'malformed'; readonly problem: string }

/** A key of 32 hexadecimal digits from the parts that make something one. */
export function keyOf(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
