const DAY = /^(\d{4})-(\d{2})-(\d{2})$/
const DAYS_BACK = /^(\d{1,4})d$/

/**
 * When a period begins: midnight, this machine's time, of a day (`2026-11-21`), or of the day with which `7d` are seven
 * days today included. Undefined where the text is neither.
 */
export function readSince(text: string, nowMs: number): number | undefined {
  const [, back] = DAYS_BACK.exec(text) ?? []
  if (back !== undefined) {
    const today = new Date(nowMs)
    return new Date(
      today.getFullYear(),
      today.getMonth(),
      today.getDate() - Math.max(0, Number(back) - 1),
    ).getTime()
  }
  const [, year, month, day] = DAY.exec(text) ?? []
  if (year === undefined) return undefined
  const midnight = new Date(Number(year), Number(month) - 1, Number(day))
  return midnight.getMonth() === Number(month) - 1 ? midnight.getTime() : undefined
}
