import { DueQueue } from './due-queue.ts'
import { Level } from './level.ts'
import { ALL_TASKS, levelKeys } from './level-rules.ts'
import type { Cell } from './level-rules.ts'
import { canonicalModel } from './model-name.ts'
import { reportsUsage, toSample } from './observation.ts'
import type { Observation } from './observation.ts'
import { utcDay } from './sample-codec.ts'
import { Unit, unitKey } from './unit.ts'
import { decodeContents } from './unit-codec.ts'
import type { StoredUnit } from './unit.ts'

export type { StoredUnit } from './unit.ts'

/** Spellings kept beside their canonical name. Beyond it the memory starts anew: names come from outside. */
const MAX_KNOWN_SPELLINGS = 4096

/**
 * Everything that predictions know: the units of the window, and for each the six levels that it belongs to.
 *
 * Always true
 * - A unit depends on the set of events folded into it, never on their order, on batches or on restarts.
 * - The levels count exactly the samples with clock - window < received_at <= clock, where the clock is the moment last
 *   given to `expire`. What was folded since then counts from the next `expire` on.
 * - Of an instance that is set aside everything is kept and nothing counts.
 * - A sample that has left the window is gone for good, also when the clock is set back. One that has not arrived yet
 *   by the clock waits.
 */
export class Units {
  /** Events that `fold` did not keep, by reason. */
  readonly notKept = { no_usage: 0, before_window: 0, instance_deleted: 0 }
  readonly #windowMs: number
  readonly #units = new Map<string, Unit>()
  readonly #levels = new Map<string, Level>()
  readonly #dirty = new Map<string, Unit>()
  readonly #arrivals = new DueQueue<Unit>()
  readonly #departures = new DueQueue<Unit>()
  readonly #spellings = new Map<string, string>()
  #clockMs = -Infinity
  #setAside: ReadonlySet<string> = new Set()
  /** Deleted while this runs. Their ids are never given again. */
  readonly #deleted = new Set<string>()

  constructor(options: { windowMs: number }) {
    this.#windowMs = options.windowMs
  }

  /** Adds one event. It must be new: a repeated one would count twice. */
  fold(observation: Observation): void {
    if (!reportsUsage(observation)) {
      this.notKept.no_usage++
      return
    }
    // By the day, as whole days are rebuilt: a unit that is sketched leaves the window at the end of its day.
    if (utcDay(observation.receivedAtMs) < utcDay(this.#clockMs - this.#windowMs)) {
      this.notKept.before_window++
      return
    }

    if (this.#deleted.has(observation.instanceId)) {
      this.notKept.instance_deleted++
      return
    }

    const { taskType, provider, complexity, instanceId } = observation
    const cell = { taskType, model: this.canonicalModel(observation.model), provider, complexity }
    const unit = this.#openUnit(cell, instanceId, utcDay(observation.receivedAtMs))
    unit.insert(toSample(observation))
    this.#dirty.set(unitKey(cell, instanceId, unit.day), unit)
    this.#schedule(unit)
  }

  /** Sets the clock: what has arrived by then counts, what has left the window is removed. */
  expire(nowMs: number): void {
    const isSetBack = nowMs < this.#clockMs
    this.#clockMs = nowMs
    if (isSetBack) this.#recountAll()

    for (let unit = this.#arrivals.takeDue(nowMs); unit !== undefined; unit = this.#arrivals.takeDue(nowMs)) {
      this.#recount(unit)
    }
    const endMs = nowMs - this.#windowMs
    for (
      let unit = this.#departures.takeDue(endMs);
      unit !== undefined;
      unit = this.#departures.takeDue(endMs)
    ) {
      this.#removeThrough(unit, endMs)
    }
  }

  /** Makes these instances count nowhere, until a later call no longer names them. */
  setAside(instanceIds: ReadonlySet<string>): void {
    this.#setAside = new Set(instanceIds)
    for (const unit of this.#units.values()) {
      if (unit.isSetAside === this.#setAside.has(unit.instanceId)) continue
      unit.isSetAside = !unit.isSetAside
      this.#recount(unit)
    }
  }

  /** Removes an instance for good: as if it had never been. Its stored units are deleted by whoever deletes its events. */
  deleteInstance(instanceId: string): void {
    this.#deleted.add(instanceId)
    for (const unit of this.#units.values()) {
      if (unit.instanceId !== instanceId) continue
      unit.recount(-Infinity)
      this.#close(unit)
    }
    for (const [key, unit] of this.#dirty) if (unit.instanceId === instanceId) this.#dirty.delete(key)
  }

  /** Everybody of whom anything is kept, set aside or not. */
  instanceIds(): ReadonlySet<string> {
    return new Set(Array.from(this.#units.values(), ({ instanceId }) => instanceId))
  }

  /** Events of an instance that count, in all. */
  eventsOf(instanceId: string): number {
    return this.#levels.get(ALL_TASKS)?.instances.get(instanceId) ?? 0
  }

  /** Takes a stored unit as it is, in place of what is known of it. Throws a `ServerError` where it cannot be read. */
  load(stored: StoredUnit): void {
    const { taskType, model, provider, complexity, instanceId, day } = stored
    const contents = decodeContents(stored.samples, day)
    const cell = { taskType, model, provider, complexity }
    this.#dirty.delete(unitKey(cell, instanceId, day))

    const unit = this.#openUnit(cell, instanceId, day)
    unit.recount(-Infinity)
    unit.contents = contents
    if (unit.contents.size === 0) this.#close(unit)
    else this.#recount(unit)
  }

  /** Removes all units, saved or not, to load others in their place. Nothing is dirty by that. */
  clear(): void {
    for (const unit of this.#units.values()) {
      unit.recount(-Infinity)
      this.#close(unit)
    }
    this.#dirty.clear()
  }

  /** The units that changed since the last call, ordered by key. Whoever takes them stores them. */
  takeDirty(): StoredUnit[] {
    const keys = [...this.#dirty.keys()].sort()
    const taken = keys.flatMap((key) => this.#dirty.get(key)?.toStored() ?? [])
    this.#dirty.clear()
    return taken
  }

  /** Gives taken units back: storing them has failed, so the next call takes them again, as they are by then. */
  markDirty(taken: readonly StoredUnit[]): void {
    for (const { taskType, model, provider, complexity, instanceId, day } of taken) {
      const cell = { taskType, model, provider, complexity }
      const key = unitKey(cell, instanceId, day)
      // One that has left the window meanwhile is taken without samples, which removes its row.
      if (this.#deleted.has(instanceId)) continue
      if (!this.#dirty.has(key))
        this.#dirty.set(key, this.#units.get(key) ?? new Unit(cell, instanceId, day, []))
    }
  }

  /** The levels of a cell that hold anything, index for index with `levelRules`. */
  levelsOf(cell: Cell): readonly (Level | undefined)[] {
    return levelKeys(cell).map((key) => this.#levels.get(key))
  }

  /** `canonicalModel` with a memory: a batch of events repeats few spellings. */
  canonicalModel(raw: string): string {
    const known = this.#spellings.get(raw)
    if (known !== undefined) return known

    if (this.#spellings.size >= MAX_KNOWN_SPELLINGS) this.#spellings.clear()
    const canonical = canonicalModel(raw)
    this.#spellings.set(raw, canonical)
    return canonical
  }

  #openUnit(cell: Cell, instanceId: string, day: number): Unit {
    const key = unitKey(cell, instanceId, day)
    const known = this.#units.get(key)
    if (known !== undefined) return known

    const unit = new Unit(
      cell,
      instanceId,
      day,
      levelKeys(cell).map((levelKey) => this.#openLevel(levelKey)),
    )
    unit.isSetAside = this.#setAside.has(instanceId)
    this.#units.set(key, unit)
    return unit
  }

  #openLevel(key: string): Level {
    const known = this.#levels.get(key)
    if (known !== undefined) return known

    const level = new Level()
    this.#levels.set(key, level)
    return level
  }

  #recountAll(): void {
    for (const unit of this.#units.values()) {
      unit.recount(-Infinity) // other samples may count now even where their number is the same
      this.#recount(unit)
    }
  }

  #recount(unit: Unit): void {
    unit.recount(this.#clockMs)
    this.#schedule(unit)
  }

  /** Asks for the unit again when its next sample arrives and when its oldest leaves. */
  #schedule(unit: Unit): void {
    const nextMs = unit.contents.nextArrivalMs(unit.countedSamples)
    // One that is set aside is asked for when it counts again.
    if (nextMs !== undefined && !unit.isSetAside) this.#arrivals.schedule(unit, nextMs)
    const departureMs = unit.contents.nextDepartureMs()
    if (departureMs !== undefined) this.#departures.schedule(unit, departureMs)
  }

  #removeThrough(unit: Unit, endMs: number): void {
    const removed = unit.contents.removeThrough(endMs)
    if (removed > 0) this.#dirty.set(unitKey(unit.cell, unit.instanceId, unit.day), unit)
    this.#recount(unit)
    if (unit.contents.size === 0) this.#close(unit)
  }

  #close(unit: Unit): void {
    this.#arrivals.cancel(unit)
    this.#departures.cancel(unit)
    this.#units.delete(unitKey(unit.cell, unit.instanceId, unit.day))
    for (const [index, key] of levelKeys(unit.cell).entries()) {
      const level = unit.levels[index]
      level?.units.delete(unit)
      if (level?.units.size === 0) this.#levels.delete(key)
    }
  }
}
