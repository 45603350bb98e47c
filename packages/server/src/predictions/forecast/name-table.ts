/** Numbers for names, in order of first use, and their order by name. */
export class NameTable<Value> {
  readonly #numbers = new Map<string, number>()
  readonly #entries: ({ readonly name: string; readonly value: Value } | undefined)[] = []

  /** The number of a name; `value` is kept with it when it is new. */
  numberOf(name: string, value: Value): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const number = this.#entries.length
    this.#numbers.set(name, number)
    this.#entries.push({ name, value })
    return number
  }

  /** Leaves nothing of a name that no row uses any more. */
  forget(name: string): void {
    const number = this.#numbers.get(name)
    if (number === undefined) return
    this.#numbers.delete(name)
    this.#entries[number] = undefined
  }

  /** The values that rows use, ascending by name, and the rank of each row among them. */
  ranked<Row>(
    rows: readonly Row[],
    numberOf: (row: Row) => number,
  ): { readonly values: readonly Value[]; readonly rankOf: Int32Array } {
    const isUsed = new Uint8Array(this.#entries.length)
    for (const row of rows) isUsed[numberOf(row)] = 1
    const used = this.#entries
      .flatMap((entry, number) => (entry !== undefined && isUsed[number] === 1 ? [{ ...entry, number }] : []))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    const ranks = new Int32Array(this.#entries.length)
    for (const [rank, { number }] of used.entries()) ranks[number] = rank
    return {
      values: used.map(({ value }) => value),
      rankOf: Int32Array.from(rows, (row) => ranks[numberOf(row)] as number),
    }
  }
}
