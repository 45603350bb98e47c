/**
 * What the server last said a task of each model takes: a file a model, asked for in the background, so that a prompt
 * waits for no network. An answer is used for a week and renewed after an hour.
 */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { makeDirectory } from '@mosaicstack/telemetry-client/make-directory'
import type { PredictionQuery, PredictionResponse } from '@mosaicstack/telemetry-client'

const FRESH_MS = 60 * 60_000
const USABLE_MS = 7 * 24 * 60 * 60_000

export interface CachedForecast {
  readonly query: PredictionQuery
  readonly response: PredictionResponse
}

export interface ForecastFile {
  readonly forecast: CachedForecast | undefined
  readonly isFresh: boolean
}

export function readForecast(directory: string, model: string, nowMs: number): ForecastFile {
  try {
    const file = fileOf(directory, model)
    const ageMs = nowMs - statSync(file).mtimeMs
    const forecast = JSON.parse(readFileSync(file, 'utf8')) as CachedForecast
    const isOne = typeof forecast?.response?.metadata === 'object' && typeof forecast.query === 'object'
    return { forecast: isOne && ageMs < USABLE_MS ? forecast : undefined, isFresh: ageMs < FRESH_MS }
  } catch {
    return { forecast: undefined, isFresh: false }
  }
}

export function writeForecast(directory: string, model: string, forecast: CachedForecast): void {
  const file = fileOf(directory, model)
  makeDirectory(dirname(file))
  const part = `${file}.${process.pid}.part`
  writeFileSync(part, JSON.stringify(forecast), { mode: 0o600 })
  renameSync(part, file)
}

/** Models may be named by paths and ARNs. */
function fileOf(directory: string, model: string): string {
  return join(directory, `${encodeURIComponent(model).replaceAll('*', '%2A').slice(0, 200)}.json`)
}
