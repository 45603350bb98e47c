/** Money, from whole micro-dollars: `$0.004`, `$1.83`, `$1,204`. */
export function usd(micros: number): string {
  const dollars = micros / 1_000_000
  if (dollars >= 1000) return `$${Math.round(dollars).toLocaleString('en-US')}`
  return `$${dollars.toFixed(dollars > 0 && dollars < 0.1 ? 3 : 2)}`
}

/** Tokens: `940`, `12.4k`, `3.1M`. */
export function tokens(count: number): string {
  if (count < 1000) return String(Math.round(count))
  if (count < 99_950) return `${(count / 1000).toFixed(1)}k`
  if (count < 999_500) return `${Math.round(count / 1000)}k`
  return `${(count / 1_000_000).toFixed(1)}M`
}

/** A length of time: `0.4 s`, `48 s`, `12 min`, `3.5 h`. */
export function duration(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 99.5) return `${Math.round(seconds)} s`
  if (seconds < 99.5 * 60) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** A moment, to the second, UTC: `2026-11-21 09:30:00`. */
export function moment(iso: string | null): string {
  return iso === null ? '' : iso.slice(0, 19).replace('T', ' ')
}
