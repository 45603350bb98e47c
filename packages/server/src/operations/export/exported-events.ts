import { eventFields, type FieldRule } from '@mosaicstack/telemetry-client/protocol'

import type { StoredEvent, StoredEvents } from '../../storage/stored-event.ts'
import {
  type ExportColumn,
  type ExportRow,
  type ExportSpan,
  type ExportTable,
  isWithin,
} from './export-row.ts'

const EVENTS_AT_ONCE = 2000

const KINDS: Readonly<Record<FieldRule['kind'], ExportColumn['kind']>> = {
  uuid: 'text',
  schema_version: 'text',
  timestamp: 'timestamp',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  string: 'text',
  enum: 'text',
  enum_set: 'list',
}
const NULLABLE = new Set(['language', 'repo_size_category'])

/** The events as the wire has them, in the order in which they arrived, with the moment of their arrival. */
export function exportedEvents(store: StoredEvents, span: ExportSpan): ExportTable {
  return { columns: COLUMNS, pages: () => pages(store, span) }
}

const COLUMNS: readonly ExportColumn[] = [
  { name: 'received_at', kind: 'timestamp', isNullable: false },
  ...Object.entries(eventFields).map(([name, { kind }]) => ({
    name,
    kind: KINDS[kind],
    isNullable: NULLABLE.has(name),
  })),
]

async function* pages(store: StoredEvents, span: ExportSpan): AsyncGenerator<readonly ExportRow[]> {
  for (let position = 0; ;) {
    const events = await store.eventsAfter(position, EVENTS_AT_ONCE)
    yield events.filter(({ receivedAtMs }) => isWithin(receivedAtMs, span)).map(toRow)
    if (events.length < EVENTS_AT_ONCE) return
    position = events.at(-1)?.position ?? position
  }
}

function toRow({ receivedAtMs, fields }: StoredEvent): ExportRow {
  return { received_at: new Date(receivedAtMs).toISOString(), ...fields }
}
