/** Lines of context around a change. */
const CONTEXT = 2

/** The lines that differ, with `-` and `+` before them, and a few around them. Both texts are small. */
export function lineDiff(before: string, after: string): string {
  const changes = compare(before.split('\n'), after.split('\n'))
  const isNear = (index: number): boolean =>
    changes.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(([sign]) => sign !== ' ')
  return changes
    .flatMap(([sign, line], index) => {
      if (isNear(index)) return [`${sign} ${line}`]
      return isNear(index - 1) && index > 0 ? ['  …'] : []
    })
    .join('\n')
}

type Change = readonly [sign: '-' | '+' | ' ', line: string]

/** The longest common subsequence, from its table of lengths. */
function compare(before: readonly string[], after: readonly string[]): readonly Change[] {
  const lengths = Array.from({ length: before.length + 1 }, () => Array<number>(after.length + 1).fill(0))
  const at = (row: number, column: number): number => lengths[row]?.[column] ?? 0
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      const isSame = before[row] === after[column]
      const length = isSame ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
      const line = lengths[row]
      if (line !== undefined) line[column] = length
    }
  }
  const changes: Change[] = []
  let row = 0
  let column = 0
  while (row < before.length || column < after.length) {
    const [old, renewed] = [before[row], after[column]]
    if (old !== undefined && old === renewed) {
      changes.push([' ', old])
      row++
      column++
    } else if (old !== undefined && (renewed === undefined || at(row + 1, column) >= at(row, column + 1))) {
      changes.push(['-', old])
      row++
    } else if (renewed !== undefined) {
      changes.push(['+', renewed])
      column++
    }
  }
  return changes
}
