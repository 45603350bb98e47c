/** CSS pixels that a label of a day needs. */
const LABEL_PX = 64

/** Which of the steps get a label, so that no two touch. Begins with the first one. */
export function labelled(keys: readonly string[], width: number): readonly string[] {
  const every = Math.max(1, Math.ceil((keys.length * LABEL_PX) / Math.max(LABEL_PX, width)))
  return keys.filter((_, index) => index % every === 0)
}

/** Colours in the order of a series; what is left over is grey. */
export function colourOf(index: number, key: string | null): string {
  return key === null ? 'var(--rest)' : `var(--series-${(index % 8) + 1})`
}
