import type { EventRows } from '../event-rows.ts'
import type { AppendedGroup } from './events.ts'

export interface JoiningOptions {
  /** Statements under way at once. */
  readonly maxAtOnce: number
  /** Rows for which a statement is worth being sent beside others; fewer wait for one that is under way. */
  readonly enoughRows: number
}

interface Waiting {
  readonly requests: readonly EventRows[]
  readonly resolve: (appended: AppendedGroup) => void
  readonly reject: (error: unknown) => void
}

/**
 * Joins small groups that come side by side into one statement. A statement costs as much as forty of its rows before it
 * has any, on both sides of the wire, so single events in three statements at once are stored at half the rate of the
 * same in one.
 *
 * - Nothing under way: whatever waits is sent, be it one row.
 * - Fewer than `maxAtOnce` under way: what waits is sent as soon as it is enough.
 * - Else it waits until a statement has ended. With a slow disk more comes together by itself.
 */
export class JoinedAppends {
  readonly #appendTogether: (requests: readonly EventRows[]) => Promise<AppendedGroup>
  readonly #options: JoiningOptions
  #waiting: Waiting[] = []
  #waitingRows = 0
  #underWay = 0

  constructor(
    appendTogether: (requests: readonly EventRows[]) => Promise<AppendedGroup>,
    options: JoiningOptions,
  ) {
    this.#appendTogether = appendTogether
    this.#options = options
  }

  append(requests: readonly EventRows[]): Promise<AppendedGroup> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ requests, resolve, reject })
      this.#waitingRows += requests.reduce((sum, { count }) => sum + count, 0)
      this.#sendWhatIsDue()
    })
  }

  /** The only place that decides what is sent. Called after every change of state. */
  #sendWhatIsDue(): void {
    if (this.#waiting.length === 0) return
    const { maxAtOnce, enoughRows } = this.#options
    const isRoomBeside = this.#underWay < maxAtOnce && this.#waitingRows >= enoughRows
    if (this.#underWay === 0 || isRoomBeside) void this.#send()
  }

  async #send(): Promise<void> {
    const sent = this.#waiting
    this.#waiting = []
    this.#waitingRows = 0
    this.#underWay++
    try {
      const { requests, position } = await this.#appendTogether(sent.flatMap((group) => group.requests))
      let next = 0
      for (const group of sent) {
        const own = requests.slice(next, (next += group.requests.length))
        group.resolve({ requests: own, position })
      }
    } catch (error) {
      for (const { reject } of sent) reject(error)
    }
    this.#underWay--
    // In the next turn, when those who were just told have brought what waited behind them.
    setImmediate(() => this.#sendWhatIsDue())
  }
}
