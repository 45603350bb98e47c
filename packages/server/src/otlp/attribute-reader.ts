import { type Attributes, numberOf } from './otlp-records.ts'

/** No id of a provider or a harness is longer; what is longer is none. */
const MAX_ID_LENGTH = 128
/** Far beyond any context window, far below where adding up loses digits. */
const MAX_COUNT = 1_000_000_000_000

/**
 * Reads attributes as what they should be, and remembers the first that is something else. An absent attribute reads as
 * `undefined`; one that is malformed does too, and then `problem` says so.
 */
export class AttributeReader {
  readonly #attributes: Attributes
  #problem: string | undefined

  constructor(attributes: Attributes) {
    this.#attributes = attributes
  }

  /** The name of the first attribute that was not as it must be, with what it must be. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** An opaque id: printable ASCII without spaces, which no sentence is. */
  id(name: string): string | undefined {
    const value = this.#attributes.get(name)
    if (value === undefined || value === '') return undefined
    if (typeof value === 'string' && value.length <= MAX_ID_LENGTH && /^[\x21-\x7e]+$/.test(value))
      return value
    return this.#refuse(name, 'an id of at most 128 characters')
  }

  /** A whole number of something, also from a double or a text. */
  count(name: string): number | undefined {
    const value = this.#attributes.get(name)
    if (value === undefined) return undefined
    const number = numberOf(value)
    if (number !== undefined && Number.isInteger(number) && number >= 0 && number <= MAX_COUNT) return number
    return this.#refuse(name, 'a whole number from 0 to 10^12')
  }

  /** The first of several attributes that is there: names changed from version to version. */
  firstCount(...names: readonly string[]): number | undefined {
    const name = names.find((each) => this.#attributes.has(each))
    return name === undefined ? undefined : this.count(name)
  }

  /** A number from 0 upwards that may have a fraction. */
  amount(name: string): number | undefined {
    const value = this.#attributes.get(name)
    if (value === undefined) return undefined
    const number = numberOf(value)
    if (number !== undefined && number >= 0 && number <= MAX_COUNT) return number
    return this.#refuse(name, 'a number from 0 to 10^12')
  }

  /** A text of a closed list, in whatever form; the caller knows the list. */
  word(name: string): string | undefined {
    const value = this.#attributes.get(name)
    return typeof value === 'string' ? value : undefined
  }

  /** The first of several texts that is there. */
  firstWord(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const word = this.word(name)
      if (word !== undefined && word !== '') return word
    }
    return undefined
  }

  /** Also from the texts `true` and `false`. */
  flag(name: string): boolean {
    const value = this.#attributes.get(name)
    return value === true || value === 'true'
  }

  /** Milliseconds since 1970, from RFC 3339. */
  time(name: string): number | undefined {
    const value = this.#attributes.get(name)
    if (value === undefined) return undefined
    const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
    return Number.isNaN(ms) ? this.#refuse(name, 'a date and time') : ms
  }

  #refuse(name: string, what: string): undefined {
    this.#problem ??= `${name} must be ${what}`
  }
}
