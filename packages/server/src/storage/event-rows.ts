import { SCHEMA_VERSION, type TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'

import { type ColumnValue, EVENT_STRIDE, eventColumns, isAbsent, type Unchecked } from './event-columns.ts'
import { takeSpace } from './row-space.ts'
import { UUID_BYTES, writeUuid } from './uuid-bytes.ts'

/** Bytes of an id, in doubles. */
const ID_DOUBLES = UUID_BYTES / Float64Array.BYTES_PER_ELEMENT

/** Whose rows they are. */
export interface RowsOwner {
  /** Lower-case UUID. */
  readonly instanceId: string
  readonly instanceNo: number
}

/**
 * The rows of one request, flat: numbers that the garbage collector never looks at, and that go to another thread as
 * bytes. A double holds every stored number exactly. `NaN` stands for null, and in `word` columns stands the place of
 * the text in `texts`.
 */
export interface EventRows extends RowsOwner {
  readonly count: number
  /** 16 bytes an event. */
  readonly eventIds: Uint8Array
  /** `EVENT_STRIDE` values an event. */
  readonly values: Float64Array
  /** Each once. */
  readonly texts: readonly string[]
}

/** Rows of one request that are being written. Only those that are kept count, and leave anything behind. */
export class RowsUnderWay {
  readonly eventIds: Uint8Array
  readonly values: Float64Array
  readonly #texts: string[] = []
  #keptTexts = 0
  #count = 0

  constructor(maxEvents: number) {
    const space = takeSpace(maxEvents * (EVENT_STRIDE + ID_DOUBLES))
    this.values = space.subarray(0, maxEvents * EVENT_STRIDE)
    this.eventIds = new Uint8Array(
      space.buffer,
      space.byteOffset + this.values.byteLength,
      maxEvents * UUID_BYTES,
    )
  }

  /** Rows kept, and so the place of the one that is written next. */
  get count(): number {
    return this.#count
  }

  /** What stands in a `word` column for a text. Few texts make up a request, so looking through them is fastest. */
  placeOf(text: string): number {
    const place = this.#texts.indexOf(text)
    return place === -1 ? this.#texts.push(text) - 1 : place
  }

  keepRow(): void {
    this.#count++
    this.#keptTexts = this.#texts.length
  }

  dropRow(): void {
    this.#texts.length = this.#keptTexts
  }

  /** The rows kept. */
  of({ instanceId, instanceNo }: RowsOwner): EventRows {
    const count = this.#count
    const isFull = count * UUID_BYTES === this.eventIds.length
    const eventIds = isFull ? this.eventIds : this.eventIds.subarray(0, count * UUID_BYTES)
    const values = isFull ? this.values : this.values.subarray(0, count * EVENT_STRIDE)
    return { instanceId, instanceNo, count, eventIds, values, texts: this.#texts }
  }
}

/** A validated event whose ids are there and in lower case. */
export type StorableEvent = TaskCompletionEvent & { readonly event_id: string }

/** Makes the rows of one request, event by event. */
export class EventFlattener {
  readonly #owner: RowsOwner
  readonly #receivedAtMs: number
  readonly #rows: RowsUnderWay

  constructor(owner: RowsOwner, receivedAtMs: number, maxEvents: number) {
    this.#owner = owner
    this.#receivedAtMs = receivedAtMs
    this.#rows = new RowsUnderWay(maxEvents)
  }

  /** Adds an event that was validated. */
  add(event: StorableEvent): void {
    const isWhole = this.#writeId(event.event_id) && this.#writeValues(event)
    if (!isWhole) throw new RangeError('an event that is no valid one was to be stored')
    this.#rows.keepRow()
  }

  /**
   * Adds an event, not validated yet, if it is valid and written as our clients write it: validation and flattening in
   * one pass, since nearly every event is.
   *
   * @returns whether it was added. If not, nothing is said about the event: validate it.
   */
  addIfPlain(event: unknown): event is StorableEvent {
    if (typeof event !== 'object' || event === null) return false
    const { instance_id: instanceId, event_id: eventId, schema_version: version } = event as Unchecked
    if (instanceId !== this.#owner.instanceId) return false
    if (version !== SCHEMA_VERSION && !isAbsent(version)) return false
    if (typeof eventId !== 'string' || !this.#writeId(eventId)) return false
    if (!this.#writeValues(event)) {
      this.#rows.dropRow()
      return false
    }
    this.#rows.keepRow()
    return true
  }

  rows(): EventRows {
    return this.#rows.of(this.#owner)
  }

  #writeId(eventId: string): boolean {
    return writeUuid(this.#rows.eventIds, this.#rows.count * UUID_BYTES, eventId)
  }

  /** Writes the values of an event. Returns whether it has them all. */
  #writeValues(event: Unchecked): boolean {
    let place = this.#rows.count * EVENT_STRIDE
    for (const column of eventColumns) {
      const encoded = column.encode(event, this.#receivedAtMs)
      if (encoded === undefined) return false
      this.#rows.values[place++] = this.#numberOf(encoded)
    }
    return true
  }

  #numberOf(value: ColumnValue): number {
    if (typeof value === 'number') return value
    return value === null ? Number.NaN : this.#rows.placeOf(value)
  }
}

/** Flattens validated events of one instance. */
export function toEventRows(
  owner: RowsOwner,
  events: readonly StorableEvent[],
  receivedAtMs: number,
): EventRows {
  const flattener = new EventFlattener(owner, receivedAtMs, events.length)
  for (const event of events) flattener.add(event)
  return flattener.rows()
}
