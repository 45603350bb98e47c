import { canonicalModel } from './model-name.ts'

/** Spellings kept beside their canonical name. Beyond it the memory starts anew: names come from outside. */
const MAX_KNOWN_SPELLINGS = 4096

/** `canonicalModel` with a memory: a batch of events repeats few spellings. */
export class ModelNames {
  readonly #known = new Map<string, string>()

  canonical(raw: string): string {
    const known = this.#known.get(raw)
    if (known !== undefined) return known

    if (this.#known.size >= MAX_KNOWN_SPELLINGS) this.#known.clear()
    const canonical = canonicalModel(raw)
    this.#known.set(raw, canonical)
    return canonical
  }
}
