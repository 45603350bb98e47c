import { createHash } from 'node:crypto'

/** Numbers for instance ids, in the order of their first use, and the rank by which a crowd is cut (`Crowd`). */
export class InstanceNumbers {
  readonly #numbers = new Map<string, number>()
  readonly #ids: string[] = []
  readonly #ranks: number[] = []

  numberOf(instanceId: string): number {
    const known = this.#numbers.get(instanceId)
    if (known !== undefined) return known
    const number = this.#ids.length
    this.#numbers.set(instanceId, number)
    this.#ids.push(instanceId)
    return number
  }

  /** The number of an id that was used before. */
  find(instanceId: string): number | undefined {
    return this.#numbers.get(instanceId)
  }

  idOf(number: number): string {
    return this.#ids[number] as string
  }

  /** 48 bits of a hash: the same on every server, for ever. */
  rankOf(number: number): number {
    return (this.#ranks[number] ??= rankOfId(this.idOf(number)))
  }
}

function rankOfId(instanceId: string): number {
  return createHash('sha256').update(`mosaic-telemetry crowd ${instanceId}`).digest().readUIntBE(0, 6)
}
