import type { JsonRecord, ReadContext } from '../importer.ts'
import { countIn, idIn, numberIn } from '../json-fields.ts'
import type { TokenCounts } from '../tokens.ts'

export interface ModelInfo {
  readonly model: string
  readonly provider: string
}

export interface CountedRequest extends ModelInfo {
  readonly tokens: TokenCounts
  readonly costUsd: number | undefined
}

/** Providers whose input count holds the cached tokens too; for all others it is what is fresh. */
const COUNTS_ALL_INPUT = new Set(['openai', 'openai-compatible', 'litellm'])

export function modelOf(info: JsonRecord): ModelInfo | undefined {
  const model = idIn(info, 'modelId') ?? idIn(info, 'id')
  if (model === undefined) return undefined
  return { model, provider: idIn(info, 'providerId') ?? idIn(info, 'provider') ?? 'unknown' }
}

/** The counts of a request as VS Code's extensions write them. */
export function readCounts(said: JsonRecord, info: ModelInfo, report: ReadContext['report']): CountedRequest {
  const costUsd = numberIn(said, 'cost')
  return {
    ...info,
    tokens: bucketsOf(info.provider, {
      input: countIn(said, 'tokensIn', report),
      output: countIn(said, 'tokensOut', report),
      cacheRead: countIn(said, 'cacheReads', report),
      cacheWrite: countIn(said, 'cacheWrites', report),
    }),
    // 0 is written for subscriptions and unknown prices alike.
    costUsd: costUsd !== undefined && costUsd > 0 ? costUsd : undefined,
  }
}

/** Disjoint buckets from counts in which the input may hold the rest. */
export function bucketsOf(
  provider: string,
  counts: {
    readonly input: number
    readonly output: number
    readonly cacheRead: number
    readonly cacheWrite: number
  },
): TokenCounts {
  const { input, output, cacheRead, cacheWrite } = counts
  const cached = cacheRead + cacheWrite
  const isAllInput = COUNTS_ALL_INPUT.has(provider) && cached <= input
  return {
    freshInput: isAllInput ? input - cached : input,
    cacheRead,
    cacheWrite5m: cacheWrite,
    cacheWrite1h: 0,
    output,
    reasoning: 0,
  }
}
