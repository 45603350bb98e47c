/** Money, from micro-dollars: `<$0.001`, `$0.004`, `$1.83`, `$1,204`. */
export function usd(micros: number): string {
  const dollars = micros / 1_000_000
  if (dollars >= 999.995) return `$${Math.round(dollars).toLocaleString('en-US')}`
  if (dollars >= 0.0995 || dollars === 0) return `$${dollars.toFixed(2)}`
  return dollars < 0.0005 ? '<$0.001' : `$${dollars.toFixed(3)}`
}

/** Tokens: `940`, `12.4k`, `3.1M`. */
export function tokens(count: number): string {
  if (count < 999.5) return String(Math.round(count))
  if (count < 99_950) return `${(count / 1000).toFixed(1)}k`
  if (count < 999_500) return `${Math.round(count / 1000)}k`
  return `${(count / 1_000_000).toFixed(1)}M`
}

/** A length of time: `0.4 s`, `48 s`, `1.7 min`, `12 min`, `3.5 h`. */
export function duration(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 99.5) return `${twoDigits(seconds)} s`
  const minutes = seconds / 60
  if (minutes < 99.5) return `${twoDigits(minutes)} min`
  return `${(minutes / 60).toFixed(1)} h`
}

function twoDigits(value: number): string {
  return value < 9.95 ? value.toFixed(1) : String(Math.round(value))
}

/** A share, 0 to 1: `84 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** A probability, 0 to 1, that is never shown as certain: `less than 1 %`, `34 %`, `more than 99 %`. */
export function chance(probability: number): string {
  if (probability < 0.005) return 'less than 1 %'
  return probability >= 0.995 ? 'more than 99 %' : percent(probability)
}

/** How many of something: `1 task`, `12 tasks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
