import {
  duration as shortDuration,
  percent,
  tokens as shortTokens,
} from '@mosaicstack/telemetry-client/format'

export { chance, percent, usd } from '@mosaicstack/telemetry-client/format'

/** What stands where there is no number. */
export const NOTHING = '–'

/** A whole number: `1,204`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** Tokens: `940`, `12.4k`, `3.1M`, `2.4B`. */
export function tokens(value: number): string {
  return value < 999_500_000 ? shortTokens(value) : `${(value / 1e9).toFixed(1)}B`
}

/** A length of time: `48 s`, `12 min`, `3.5 h`, `4.1 days`. */
export function duration(ms: number): string {
  const days = ms / 86_400_000
  return days < 4 ? shortDuration(ms) : `${days < 99.5 ? days.toFixed(1) : count(days)} days`
}

/** Bytes: `812 B`, `4.2 MB`, `1.1 GB`. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let scaled = value
  let unit = 0
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000
    unit++
  }
  return `${unit === 0 || scaled >= 99.5 ? Math.round(scaled) : scaled.toFixed(1)} ${units[unit]}`
}

/** A factor: `0.62×`, `1.8×`, `24×`. */
export function times(factor: number): string {
  return `${factor.toFixed(factor < 0.995 ? 2 : factor < 9.95 ? 1 : 0)}×`
}

/** How much more or less than before: `+12 %`, `−4 %`, `8.1×`; undefined where nothing was before. */
export function change(now: number, before: number): string | undefined {
  if (before <= 0) return undefined
  const share = now / before - 1
  if (share >= 4) return times(now / before)
  const rounded = Math.round(share * 100)
  return rounded === 0 ? 'as before' : `${rounded > 0 ? '+' : '−'}${Math.abs(rounded)} %`
}

/** A share and what it is of, `93 % of 107`, since a share of few tasks means little. */
export function shareOf(part: number, whole: number): string {
  return whole === 0 ? NOTHING : `${percent(part / whole)} of ${count(whole)}`
}
