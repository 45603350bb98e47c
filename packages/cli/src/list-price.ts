import { bundledPrices, type PriceTable } from '@mosaicstack/telemetry-importers'
import type { CostOf } from '@mosaicstack/telemetry-server'

/** What a request costs at list price, for senders of OpenTelemetry that name no cost. Unknown prices stay unknown. */
export function listPrice(prices: PriceTable = bundledPrices()): CostOf {
  return (request) => {
    const nanoUsd = prices.priceNanoUsd({
      model: request.model,
      provider: request.provider,
      atMs: Date.parse(request.ended_at),
      isFast: request.speed === 'fast',
      tokens: {
        freshInput: request.fresh_input_tokens,
        cacheRead: request.cache_read_tokens,
        // A write whose life is not told is one of five minutes, as in logs.
        cacheWrite5m: request.cache_write_tokens - (request.cache_write_1h_tokens ?? 0),
        cacheWrite1h: request.cache_write_1h_tokens ?? 0,
        output: request.output_tokens,
        reasoning: request.reasoning_tokens ?? 0,
      },
    })
    return nanoUsd === undefined ? undefined : Math.round(nanoUsd / 1000)
  }
}
