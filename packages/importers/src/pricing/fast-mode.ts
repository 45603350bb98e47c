/**
 * How many times the list price a request in the provider's fast mode costs, cache categories included. From the
 * providers' price pages; the price data set has none. A model that is not here has no known fast price.
 */
const FAST_FACTORS: readonly (readonly [model: string, factor: number])[] = [
  ['claude-opus-4-6', 6],
  ['claude-opus-4-7', 6],
  ['claude-opus-4-8', 2],
  ['claude-opus-5', 2],
  ['gpt-5.3-codex', 2],
  ['gpt-5.4', 2],
  ['gpt-5.5', 2.5],
  ['gpt-5.6', 2],
  ['gpt-6-astra', 2],
]

export function fastFactor(canonicalModel: string): number | undefined {
  // A dated name is the same model; `claude-opus-5-5` is another one than `claude-opus-5`.
  const undated = canonicalModel.replace(/-20\d{2}-?\d{2}-?\d{2}$/, '')
  return FAST_FACTORS.find(([model]) => model === undated)?.[1]
}
