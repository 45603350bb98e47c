/** The known word that a mistyped one most likely means, or `undefined` where none is near. */
export function nearestWord(typed: string, known: readonly string[]): string | undefined {
  const near = known
    .map((word) => ({ word, distance: editDistance(typed.toLowerCase(), word) }))
    .filter(({ word, distance }) => distance <= 1 + word.length / 4)
    .sort((a, b) => a.distance - b.distance)
  return near[0]?.word
}

/** Letters to insert, delete or replace to turn one text into the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [index, letter] of Array.from(from).entries()) {
    const next = [index + 1]
    for (const [column, above] of row.slice(1).entries()) {
      const diagonal = row[column] ?? 0
      next.push(Math.min((next[column] ?? 0) + 1, above + 1, letter === to[column] ? diagonal : diagonal + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
