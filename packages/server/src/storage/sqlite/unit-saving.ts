import type { StoredUnit } from '../../predictions/units.ts'
import type { Store } from '../store.ts'
import type { Calls } from './thread-calls.ts'
import type { WriterOperations } from './writer-operations.ts'

/** Units copied to the writer at once, which holds up HTTP: of 10 kB each they take a millisecond. */
const UNITS_AT_ONCE = 128

/** Saves units in one transaction, after handing them to the writer bit by bit. A second save waits for the first. */
export function unitSaving(
  writer: Pick<Calls<WriterOperations>, 'handOverUnits' | 'saveUnits'>,
): Store['saveUnits'] {
  let last: Promise<void> = Promise.resolve()
  return (units, position) => {
    const saved = last.then(() => save(units, position))
    last = saved.catch(() => {}) // whoever asked for it is told
    return saved
  }

  async function save(units: readonly StoredUnit[], position: number): Promise<void> {
    let from = 0
    do {
      await writer.handOverUnits(units.slice(from, from + UNITS_AT_ONCE), from)
      from += UNITS_AT_ONCE
    } while (from < units.length)
    await writer.saveUnits(position)
  }
}
