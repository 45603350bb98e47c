import {
  type Leadership,
  LeadershipLost,
  type ProjectionVersion,
  type SharedStore,
} from '../storage/shared-store.ts'
import type { Projection } from './projection.ts'
import { Projector } from './projector.ts'
import type { Units } from './units.ts'

/**
 * One projection for all processes of a shared store. One of them leads: it reads the events, folds them and saves the
 * units. The others follow: they read the units that were saved.
 *
 * - following: `checkpoint` takes over what the leader has saved since, and asks for the lead. Out by winning it.
 * - leading: `checkpoint` reads new events and saves what they change. Out by losing the lead, in which case what is not
 *   saved is dropped: the next leader reads those events again.
 *
 * Always true
 * - Units that are saved are what their events make, each exactly once: the leader goes on from the saved units and
 *   their position, and a save that comes from a process which no longer leads fails.
 * - A follower's units are those of one save: all that a newer leader has saved, or all that an older one has.
 *
 * So an event is in the leader's predictions after one checkpoint, and in everybody's after two more.
 */
export class SharedProjection implements Projection {
  readonly #store: Pick<SharedStore, 'loadUnits' | 'unitsSavedSince' | 'takeLead' | 'observationsAfter'>
  readonly #units: Units
  /** What the units are of while following; `undefined` asks for all of them. */
  #followed: ProjectionVersion | undefined
  #lead: { readonly leadership: Leadership; readonly projector: Projector } | undefined
  #checkpoint: Promise<void> = Promise.resolve()

  constructor(
    store: Pick<SharedStore, 'loadUnits' | 'unitsSavedSince' | 'takeLead' | 'observationsAfter'>,
    units: Units,
  ) {
    this.#store = store
    this.#units = units
  }

  get isLeading(): boolean {
    return this.#lead !== undefined
  }

  /** Whoever leads exchanges at its own pace: others wait for what it has folded, and commits do not wait for it. */
  readonly restMs = 0

  get unsavedEvents(): number {
    return this.#lead?.projector.unsavedEvents ?? 0
  }

  start(nowMs: number): Promise<void> {
    return this.#follow(nowMs)
  }

  /** The leader reads what is committed, by whichever process, in the order of positions. */
  fold(): void {}

  checkpoint(nowMs: number): Promise<void> {
    const done = this.#checkpoint.then(() => this.#exchange(nowMs))
    this.#checkpoint = done.catch(() => {}) // whoever asked for it is told
    return done
  }

  /** Gives up the lead, so that another process need not wait to notice. */
  async end(): Promise<void> {
    await this.#checkpoint
    await this.#stepDown()
  }

  async #exchange(nowMs: number): Promise<void> {
    if (this.#lead?.leadership.isHeld === false) await this.#stepDown()
    this.#lead ??= await this.#takeLead(nowMs)
    if (this.#lead === undefined) return this.#follow(nowMs)

    try {
      await this.#lead.projector.catchUp()
      await this.#lead.projector.checkpoint(nowMs)
    } catch (error) {
      if (!(error instanceof LeadershipLost) && this.#lead.leadership.isHeld) throw error
      await this.#stepDown()
      await this.#follow(nowMs)
    }
  }

  /** From the moment the lead is won nobody else saves: what is loaded then is where to go on from. */
  async #takeLead(nowMs: number) {
    const leadership = await this.#store.takeLead()
    if (leadership === undefined) return undefined

    const store = {
      observationsAfter: this.#store.observationsAfter,
      saveUnits: leadership.saveUnits,
      loadUnits: () => this.#loadAll(),
    }
    const projector = new Projector(store, this.#units)
    try {
      await projector.start(nowMs)
      await leadership.endLoading()
      return { leadership, projector }
    } catch (error) {
      this.#followed = undefined
      await leadership.resign()
      throw error
    }
  }

  async #stepDown(): Promise<void> {
    const lead = this.#lead
    this.#lead = undefined
    this.#followed = undefined // what was folded and not saved is in the units
    await lead?.leadership.resign()
  }

  async #follow(nowMs: number): Promise<void> {
    const saved =
      (this.#followed && (await this.#store.unitsSavedSince(this.#followed))) ?? (await this.#loadAll())
    for (const unit of saved.units) this.#units.load(unit)
    this.#followed = { epoch: saved.epoch, version: saved.version }
    this.#units.expire(nowMs)
    this.#units.takeDirty() // what has left the window here is the leader's to save
  }

  /** Everything saved, to be loaded at once into units that hold nothing else. */
  async #loadAll(): ReturnType<SharedStore['loadUnits']> {
    const all = await this.#store.loadUnits()
    this.#units.clear()
    return all
  }
}
