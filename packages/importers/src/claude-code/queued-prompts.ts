/** Prompts that wait in the program's queue; more than these are not remembered. */
const MAX_WAITING = 50

/**
 * Tells a prompt typed while the agent worked, which continues the task, from one typed after it had finished. The log
 * has `enqueue` and `dequeue` lines: if work was seen between the two, the prompt was typed during it.
 */
export class QueuedPrompts {
  /** For each waiting prompt, whether work was seen since it came. */
  #waiting: boolean[]
  #nextContinues: boolean

  constructor(waiting: readonly boolean[], nextContinues: boolean) {
    this.#waiting = [...waiting]
    this.#nextContinues = nextContinues
  }

  get waiting(): readonly boolean[] {
    return [...this.#waiting]
  }

  get nextContinues(): boolean {
    return this.#nextContinues
  }

  note(operation: unknown): void {
    if (operation === 'enqueue') {
      this.#waiting.push(false)
      if (this.#waiting.length > MAX_WAITING) this.#waiting.shift()
    }
    if (operation === 'dequeue') this.#nextContinues = this.#waiting.shift() ?? false
    if (operation === 'remove') this.#waiting.shift()
  }

  worked(): void {
    this.#waiting.fill(true)
    this.#nextContinues = false
  }

  /** Whether the prompt that follows a `dequeue` continues the task; asked once. */
  takeNextContinues(): boolean {
    const continues = this.#nextContinues
    this.#nextContinues = false
    return continues
  }
}
