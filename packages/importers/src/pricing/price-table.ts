import { createRequire } from 'node:module'

import type * as genaiPrices from '@pydantic/genai-prices'

import { allInput, type TokenCounts } from '../tokens.ts'
import { fastFactor } from './fast-mode.ts'
import { canonicalModel, priceListOf } from './model-names.ts'

/**
 * What a request cost at list price. Money is in nano-dollars (1 USD = 1 000 000 000), whole: a request of a few tokens
 * costs less than a micro-dollar, and rounding each to micro-dollars would add up.
 */
export interface PriceTable {
  /** Changes when prices may have changed; requests without a price are tried again then. */
  readonly version: string
  /** Undefined where the model, or one of the categories it used, has no known price: unknown is never 0. */
  priceNanoUsd(request: PricedRequest): number | undefined
  /** The size of the model's context window in tokens, where it is known. */
  contextWindow(request: Pick<PricedRequest, 'model' | 'provider' | 'atMs'>): number | undefined
}

export interface PricedRequest {
  readonly model: string
  readonly provider: string
  readonly atMs: number
  readonly tokens: TokenCounts
  readonly isFast?: boolean | undefined
  readonly webSearches?: number | undefined
}

/** US dollars per million tokens; searches per thousand. */
interface Rates {
  readonly freshInput: Rate
  readonly cacheRead: Rate
  readonly cacheWrite5m: Rate
  readonly cacheWrite1h: Rate
  readonly output: Rate
  readonly webSearch: Rate
}

type Rate = number | genaiPrices.TieredPrices | undefined

interface ModelEntry {
  readonly rates: Rates
  readonly contextWindow: number | undefined
}

const DAY_MS = 86_400_000

/** The prices that come with this version: `@pydantic/genai-prices`, by category and date, without the network. */
export function bundledPrices(): PriceTable {
  // Prices change by the day, so one look-up serves a model's requests of a day: 300 ns instead of 20 µs.
  const byDay = new Map<string, ModelEntry | undefined>()

  function entryOf({ model, provider, atMs }: Pick<PricedRequest, 'model' | 'provider' | 'atMs'>) {
    const key = `${model}\n${provider}\n${Math.floor(atMs / DAY_MS)}`
    if (byDay.has(key)) return byDay.get(key)
    const found = lookUp(model, provider, atMs)
    if (found === undefined || !changesWithinADay(found)) byDay.set(key, found && toEntry(found))
    return found && toEntry(found)
  }

  return {
    version: PRICES_VERSION,
    contextWindow: (request) => entryOf(request)?.contextWindow,
    priceNanoUsd(request) {
      const entry = entryOf(request)
      const factor = request.isFast === true ? fastFactor(canonicalModel(request.model)) : 1
      if (entry === undefined || factor === undefined) return undefined
      return price(entry.rates, request, factor)
    },
  }
}

/** Renewed together with the dependency; requests without a price are priced again when it changes. */
export const PRICES_VERSION = 'genai-prices-0.1.8'

function lookUp(model: string, provider: string, atMs: number): genaiPrices.PriceCalculation | undefined {
  const timestamp = new Date(atMs)
  const name = canonicalModel(model)
  const list = priceListOf(provider)
  const listed = list === undefined ? undefined : tryPrice(name, { providerId: list, timestamp })
  return listed ?? tryPrice(name, { timestamp }) ?? undefined
}

/**
 * The data set is half a megabyte of code. Whoever only reads the ledger, as the statusline does for every line it
 * shows, never loads it.
 */
let loaded: typeof genaiPrices | undefined

function priceData(): typeof genaiPrices {
  loaded ??= createRequire(import.meta.url)('@pydantic/genai-prices') as typeof genaiPrices
  return loaded
}

function tryPrice(
  model: string,
  options: { providerId?: string; timestamp: Date },
): genaiPrices.PriceCalculation | null {
  try {
    return priceData().calcPrice({ input_tokens: 1 }, model, options)
  } catch {
    // The data set throws for a model whose prices lack a category; for us it has no price.
    return null
  }
}

function changesWithinADay(found: genaiPrices.PriceCalculation): boolean {
  const { prices } = found.model
  return Array.isArray(prices) && prices.some((each) => each.constraint?.type === 'time_of_date')
}

function toEntry(found: genaiPrices.PriceCalculation): ModelEntry {
  return { rates: readRates(found.model_price), contextWindow: found.model.context_window }
}

/** A category without a price of its own costs what the category above it costs. */
function readRates(prices: genaiPrices.ModelPrice): Rates {
  const input = prices['input_mtok']
  const cacheWrite5m = prices['cache_write_5m_mtok'] ?? prices['cache_write_mtok'] ?? input
  return {
    freshInput: input,
    cacheRead: prices['cache_read_mtok'] ?? input,
    cacheWrite5m,
    cacheWrite1h: prices['cache_write_1h_mtok'] ?? cacheWrite5m,
    output: prices['output_mtok'],
    webSearch: prices['web_searches_kcount'],
  }
}

function price(rates: Rates, { tokens, webSearches = 0 }: PricedRequest, factor: number): number | undefined {
  const contextTokens = allInput(tokens)
  const parts: readonly (readonly [count: number, rate: Rate])[] = [
    [tokens.freshInput, rates.freshInput],
    [tokens.cacheRead, rates.cacheRead],
    [tokens.cacheWrite5m, rates.cacheWrite5m],
    [tokens.cacheWrite1h, rates.cacheWrite1h],
    [tokens.output, rates.output],
  ]
  let nanoUsd = 0
  for (const [count, rate] of parts) {
    const perMillion = rateAt(rate, contextTokens)
    if (count > 0 && perMillion === undefined) return undefined
    nanoUsd += count * (perMillion ?? 0) * 1000 * factor
  }
  const perThousandSearches = rateAt(rates.webSearch, contextTokens)
  if (webSearches > 0 && perThousandSearches === undefined) return undefined
  return Math.round(nanoUsd + webSearches * (perThousandSearches ?? 0) * 1_000_000)
}

/** With a long context all of a request's tokens are charged at the dearer tier, not only those beyond its start. */
function rateAt(rate: Rate, contextTokens: number): number | undefined {
  // The data set's tiers are plain objects, whatever its types say.
  if (rate === undefined || typeof rate === 'number') return rate
  let perMillion = rate.base
  for (const tier of rate.tiers) if (contextTokens > tier.start) perMillion = tier.price
  return perMillion
}
