/** Counts how often each event was taken. */
export class EventCounts {
  readonly #copies = new Map<string, number>()

  add(ids: Iterable<string>): void {
    for (const id of ids) this.#copies.set(id, (this.#copies.get(id) ?? 0) + 1)
  }

  has(id: string): boolean {
    return this.#copies.has(id)
  }

  /** Different events taken. */
  get distinct(): number {
    return this.#copies.size
  }

  /** Copies beyond the first of every event. */
  get duplicates(): number {
    return [...this.#copies.values()].reduce((total, copies) => total + copies - 1, 0)
  }
}
