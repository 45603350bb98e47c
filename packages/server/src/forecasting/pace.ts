/** Of one core, what a background thread takes while the rest of the process is at work. */
const BUSY_SHARE = 0.15
/** Of one core, what the rest of the process has to take to be at work. */
const AT_WORK_SHARE = 0.3
const LISTEN_MS = 10
const REST_STEP_MS = 100

export interface PacePorts {
  /** Milliseconds on a clock that nobody sets. */
  readonly nowMs: () => number
  /** CPU time of the whole process until now, milliseconds. */
  readonly cpuMs: () => number
  /** May end early: then the thread is to end. */
  readonly sleep: (forMs: number) => Promise<void>
}

/**
 * Bounds what a background thread takes of the machine. After each piece of work it sleeps for a moment and looks at
 * what the process computes meanwhile, which is what all other threads do. Where that is little it goes on; otherwise it
 * rests until its work was 15 % of the time, or the others are quiet again.
 *
 * A low priority alone does not do that: under load both cores idle for moments, and whoever fills them leaves cold
 * caches and a slower clock to those who store.
 */
export class Pace {
  readonly #ports: PacePorts
  #beganMs: number

  constructor(ports: PacePorts) {
    this.#ports = ports
    this.#beganMs = ports.nowMs()
  }

  /** Notes that work begins now, after something else than `rest`. */
  begin(): void {
    this.#beganMs = this.#ports.nowMs()
  }

  /** Rests for what was worked since the last rest. Counts waiting for a core as work, so it errs towards resting. */
  async rest(): Promise<void> {
    const workedMs = this.#ports.nowMs() - this.#beganMs
    let leftMs = workedMs / BUSY_SHARE - workedMs
    for (let stepMs = LISTEN_MS; leftMs > 0; stepMs = Math.min(REST_STEP_MS, leftMs)) {
      leftMs -= stepMs
      if ((await this.#othersShareIn(stepMs)) < AT_WORK_SHARE) break
    }
    this.begin()
  }

  async #othersShareIn(stepMs: number): Promise<number> {
    const { nowMs, cpuMs, sleep } = this.#ports
    const [beganMs, cpuBeganMs] = [nowMs(), cpuMs()]
    await sleep(stepMs)
    const sleptMs = nowMs() - beganMs
    return sleptMs > 0 ? (cpuMs() - cpuBeganMs) / sleptMs : 0
  }
}
