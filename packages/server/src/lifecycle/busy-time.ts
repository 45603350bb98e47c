/** Adds up for how long something was under way: at least one of the things it is told of. */
export class BusyTime {
  readonly #nowMs: () => number
  #underWay = 0
  #busySinceMs = 0
  #busyMs = 0

  /** @param nowMs milliseconds since any moment; the machine's clock may be set meanwhile. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
  }

  /** Milliseconds until now. */
  get busyMs(): number {
    return this.#underWay === 0 ? this.#busyMs : this.#busyMs + this.#nowMs() - this.#busySinceMs
  }

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#underWay++ === 0) this.#busySinceMs = this.#nowMs()
    try {
      return await work()
    } finally {
      if (--this.#underWay === 0) this.#busyMs += this.#nowMs() - this.#busySinceMs
    }
  }
}
