import { inSlices, type Slices } from '../lifecycle/in-slices.ts'
import { columnIndex } from '../storage/event-columns.ts'
import type { Store, StoredGroup } from '../storage/store.ts'
import type { FrozenUnits } from './frozen-units.ts'
import type { Projection } from './projection.ts'
import type { Units } from './units.ts'

/** A checkpoint is waited for by nobody, but while it lasts what follows its position would be read again. */
const CHECKPOINT_SHARE = { whenIdle: 0.5, whenBusy: 0.1 }

/** Of the store's time, what saving may take: while it lasts, every commit waits, and so does one answer in two hundred. */
const SAVING_SHARE = 0.005
/** However long saving takes. */
const MAX_REST_MS = 60_000

/** Events read at once when catching up after a start. */
const CATCH_UP_EVENTS = 5000

/**
 * Carries stored events into the units that predictions are made of, each exactly once.
 *
 * - While the server runs, every committed group is folded before its requests are answered: what was acknowledged is
 *   in the next prediction.
 * - A checkpoint saves the changed units together with the position that they reach, in one transaction. The units are
 *   frozen at that position and made into rows in slices, while events go on being folded.
 * - After a crash the units of the last checkpoint are loaded, and the events after its position are read again.
 */
export class Projector implements Projection {
  readonly #store: Pick<Store, 'loadUnits' | 'saveUnits' | 'observationsAfter'>
  readonly #units: Units
  readonly #slices: Slices
  /** Every event up to here is folded. */
  #position = 0
  #savedPosition = 0
  /** Settles, always well, when the last checkpoint asked for has ended. */
  #saving: Promise<void> = Promise.resolve()
  readonly #elapsedMs: () => number
  #lastSaveMs = 0

  constructor(
    store: Pick<Store, 'loadUnits' | 'saveUnits' | 'observationsAfter'>,
    units: Units,
    slices: Slices = (work) => inSlices(work, { share: CHECKPOINT_SHARE, turnMs: Infinity }),
    elapsedMs: () => number = () => performance.now(),
  ) {
    this.#store = store
    this.#units = units
    this.#slices = slices
    this.#elapsedMs = elapsedMs
  }

  /** Events that a crash now would have to read again. */
  get unsavedEvents(): number {
    return this.#position - this.#savedPosition
  }

  get restMs(): number {
    return Math.min(MAX_REST_MS, this.#lastSaveMs / SAVING_SHARE)
  }

  /** Loads the last checkpoint and reads what came after it. Call once, before anything is folded. */
  async start(nowMs: number): Promise<void> {
    const saved = await this.#store.loadUnits()
    this.#units.expire(nowMs) // first, so that each unit counts as soon as it is loaded
    for (const unit of saved.units) this.#units.load(unit)
    this.#units.expire(nowMs)
    this.#savedPosition = this.#position = saved.position
    await this.catchUp()
  }

  /** Reads and folds what is stored after what is folded. */
  async catchUp(): Promise<void> {
    for (;;) {
      const observations = await this.#store.observationsAfter(this.#position, CATCH_UP_EVENTS)
      for (const observation of observations) this.#units.fold(observation)
      this.#position = observations.at(-1)?.position ?? this.#position
      if (observations.length < CATCH_UP_EVENTS) return
    }
  }

  /**
   * Folds the rows of a committed group that were not stored before. The clock of the units goes on to their arrival, so
   * that they count at once: what counts later costs each unit an appointment.
   */
  fold({ requests, appended, position }: StoredGroup): void {
    for (const [index, rows] of requests.entries()) {
      const arrivedMs = rows.values[columnIndex.received_at_ms]
      if (arrivedMs !== undefined && arrivedMs > this.#units.clockMs) this.#units.expire(arrivedMs)
      const isNew = appended[index]
      if (isNew !== undefined) this.#units.foldRows(rows, isNew)
    }
    this.#position = Math.max(this.#position, position)
  }

  /**
   * Saves what has changed since the last checkpoint. A second call waits for the first: side by side, one could save
   * the position while the units that reach it fail in the other.
   */
  checkpoint(nowMs: number): Promise<void> {
    const saved = this.#saving.then(() => this.#save(nowMs))
    this.#saving = saved.catch(() => {}) // whoever asked for it is told
    return saved
  }

  async #save(nowMs: number): Promise<void> {
    this.#units.expire(nowMs)
    let position = this.#position
    let dirty: FrozenUnits | undefined
    await this.#slices((isSpent) => {
      if (dirty === undefined) {
        if (!this.#units.mergeWeeks(isSpent)) return false
        position = this.#position
        dirty = this.#units.freezeDirty()
      }
      return dirty.work(isSpent)
    })
    const rows = dirty?.rows() ?? []
    if (rows.length === 0 && position === this.#savedPosition) return
    const beganMs = this.#elapsedMs()
    try {
      await this.#store.saveUnits(rows, position)
      this.#lastSaveMs = this.#elapsedMs() - beganMs
      this.#savedPosition = position
    } catch (error) {
      this.#units.markDirty(rows)
      throw error
    }
  }
}
