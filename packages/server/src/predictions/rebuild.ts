import type { Store, StoreSnapshot } from '../storage/store.ts'
import { type StoredUnit, Units } from './units.ts'

/**
 * The projection's own proof: units follow from events alone, so reading all events again must give the same bytes.
 *
 * What has left the window by `nowMs` is left out on both sides: a stored unit keeps its old samples until the next
 * checkpoint of a running server.
 */

/** Events read at once. */
const READ_EVENTS = 5000

export interface RebuildSettings {
  readonly windowMs: number
  readonly nowMs: number
}

/** Units as the events alone give them. */
export interface RebuiltUnits {
  readonly units: readonly StoredUnit[]
  /** Events read, whether or not they count. */
  readonly events: number
  /** The last event read; 0 without any. */
  readonly position: number
}

/** Makes the units anew from the events up to a position. */
export async function rebuildUnits(
  source: Pick<Store, 'observationsAfter'>,
  settings: RebuildSettings,
  upTo = Infinity,
): Promise<RebuiltUnits> {
  const units = new Units({ windowMs: settings.windowMs })
  units.expire(settings.nowMs)
  let events = 0
  for (let position = 0; ;) {
    const read = await source.observationsAfter(position, READ_EVENTS)
    const wanted = read.filter((observation) => observation.position <= upTo)
    for (const observation of wanted) units.fold(observation)
    events += wanted.length
    position = wanted.at(-1)?.position ?? position
    if (wanted.length < READ_EVENTS) return { units: inTheWindow(units, settings), events, position }
  }
}

/** A unit that is not what the events say. */
export interface UnitDifference {
  readonly kind: 'missing' | 'surplus' | 'different'
  readonly unit: Omit<StoredUnit, 'samples'>
}

export interface Verification {
  /** How far the stored units reach. */
  readonly position: number
  readonly events: number
  readonly units: number
  readonly differences: readonly UnitDifference[]
}

/** Compares the stored units byte for byte with the events up to their position. Also beside a running server. */
export async function verifyUnits(
  store: Pick<Store, 'openSnapshot'>,
  settings: RebuildSettings,
): Promise<Verification> {
  const snapshot = await store.openSnapshot()
  try {
    return await compare(snapshot, settings)
  } finally {
    await snapshot.close()
  }
}

/** Replaces the stored units by those that the events give. No server may run meanwhile. */
export async function rebuildProjection(
  store: Pick<Store, 'loadUnits' | 'observationsAfter' | 'replaceUnits'>,
  settings: RebuildSettings,
): Promise<RebuiltUnits> {
  const stored = await store.loadUnits()
  const rebuilt = await rebuildUnits(store, settings)
  // Events beyond the newest that is left may have been deleted; their positions are taken all the same.
  const position = Math.max(rebuilt.position, stored.position)
  await store.replaceUnits(rebuilt.units, position)
  return { ...rebuilt, position }
}

async function compare(snapshot: StoreSnapshot, settings: RebuildSettings): Promise<Verification> {
  const saved = await snapshot.loadUnits()
  const stored = byKey(storedInTheWindow(saved.units, settings))
  const rebuilt = await rebuildUnits(snapshot, settings, saved.position)
  const expected = byKey(rebuilt.units)
  const differences: UnitDifference[] = []
  for (const [key, unit] of expected) {
    const found = stored.get(key)
    if (found === undefined) differences.push(difference('missing', unit))
    else if (Buffer.compare(found.samples, unit.samples) !== 0)
      differences.push(difference('different', unit))
  }
  for (const [key, unit] of stored) if (!expected.has(key)) differences.push(difference('surplus', unit))
  return { position: saved.position, events: rebuilt.events, units: expected.size, differences }
}

function storedInTheWindow(stored: readonly StoredUnit[], settings: RebuildSettings): readonly StoredUnit[] {
  const units = new Units({ windowMs: settings.windowMs })
  for (const unit of stored) units.load(unit)
  units.markDirty(stored)
  return inTheWindow(units, settings)
}

function inTheWindow(units: Units, { nowMs }: RebuildSettings): readonly StoredUnit[] {
  units.expire(nowMs)
  units.mergeWeeks()
  return units.takeDirty().filter(({ samples }) => samples.length > 0)
}

function byKey(units: readonly StoredUnit[]): ReadonlyMap<string, StoredUnit> {
  return new Map(
    units.map((unit) => {
      const { taskType, model, provider, complexity, instanceId, day } = unit
      return [JSON.stringify([taskType, model, provider, complexity, instanceId, day]), unit]
    }),
  )
}

function difference(kind: UnitDifference['kind'], unit: StoredUnit): UnitDifference {
  const { taskType, model, provider, complexity, instanceId, day } = unit
  return { kind, unit: { taskType, model, provider, complexity, instanceId, day } }
}
