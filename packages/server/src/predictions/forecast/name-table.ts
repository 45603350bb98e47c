/** Numbers for names, in order of first use, and their order by name. */
export class NameTable<Value> {
  #numbers = new Map<string, number>()
  #entries: { readonly name: string; readonly value: Value }[] = []
  /** Numbers in the order of their names, as long as no name has come. */
  #order: readonly number[] = []

  get size(): number {
    return this.#entries.length
  }

  /** The number of a name; `value` is kept with it when it is new. */
  numberOf(name: string, value: Value): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const number = this.#entries.length
    this.#numbers.set(name, number)
    this.#entries.push({ name, value })
    return number
  }

  /** The number of a name that was used before. */
  find(name: string): number | undefined {
    return this.#numbers.get(name)
  }

  /** The values whose numbers are `used`, ascending by name, and by number the rank among them. */
  ranked(used: Uint8Array): { readonly values: readonly Value[]; readonly rankOf: Int32Array } {
    const rankOf = new Int32Array(this.#entries.length)
    const values: Value[] = []
    for (const number of this.#inOrder()) {
      if (used[number] !== 1) continue
      rankOf[number] = values.length
      values.push((this.#entries[number] as { value: Value }).value)
    }
    return { values, rankOf }
  }

  /** Leaves nothing of the names whose numbers are not `used`. Returns by old number the new one. */
  keep(used: Uint8Array): Int32Array {
    const before = this.#entries
    this.#entries = before.filter((_, number) => used[number] === 1)
    this.#numbers = new Map(this.#entries.map(({ name }, number) => [name, number]))
    this.#order = []
    return Int32Array.from(before, ({ name }) => this.#numbers.get(name) ?? -1)
  }

  #inOrder(): readonly number[] {
    if (this.#order.length !== this.#entries.length) {
      const names = this.#entries.map(({ name }) => name)
      this.#order = [...names.keys()].sort((a, b) => ((names[a] as string) < (names[b] as string) ? -1 : 1))
    }
    return this.#order
  }
}
