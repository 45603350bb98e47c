/** A number for a page: `12 345`. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ')
}

export function micros(value: number): string {
  return value.toFixed(1)
}
