/**
 * What the status line shows of the ledger: a small file, written whole after each import, because opening a database
 * would take longer than a status line may.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

import { makeDirectory } from '@mosaicstack/telemetry-client/make-directory'
export interface SpendCache {
  /** `2026-11-21`, in the machine's time zone. */
  readonly day: string
  readonly today_usd: number
  /** Some of today's requests have no known price. */
  readonly today_is_partial: boolean
  /** What the ledger has of the sessions of that day and the one before, by session. */
  readonly session_usd: Readonly<Record<string, number>>
  /** The model that Claude Code asked last; null where it never did. */
  readonly latest_model: string | null
}

export function writeSpendCache(file: string, cache: SpendCache): void {
  makeDirectory(dirname(file))
  const part = `${file}.${process.pid}.part`
  writeFileSync(part, JSON.stringify(cache), { mode: 0o600 })
  renameSync(part, file)
}

/** Undefined where there was no import yet. */
export function readSpendCache(file: string): SpendCache | undefined {
  try {
    const cache = JSON.parse(readFileSync(file, 'utf8')) as Partial<SpendCache> | null
    return typeof cache?.today_usd === 'number' && typeof cache.session_usd === 'object'
      ? (cache as SpendCache)
      : undefined
  } catch {
    return undefined
  }
}

/** The day of a moment in the machine's time zone, without loading a calendar. */
export function localDay(atMs: number): string {
  const at = new Date(atMs)
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-')
}
