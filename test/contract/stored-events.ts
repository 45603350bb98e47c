import { qualityGateCodes, repoSizeCodes } from '../../packages/server/src/storage/enum-codes.ts'
import { openDriver } from '../../packages/server/src/storage/sqlite/open-driver.ts'

/** An event as the database holds it, its codes turned back into words. */
export type StoredEvent = Readonly<Record<string, unknown>>

/** Reads the file directly: what counts is what is on the disk, not what the server says about it. */
export async function readStoredEvents(file: string): Promise<readonly StoredEvent[]> {
  const driver = await openDriver(file)
  try {
    return driver.prepare(QUERY).all().map(decode)
  } finally {
    driver.close()
  }
}

const QUERY = `
  SELECT events.*, instances.instance_id, lower(hex(events.event_id)) AS event_hex,
    models.word AS model_word, languages.word AS language_word
  FROM events
  JOIN instances USING (instance_no)
  JOIN words AS models ON models.word_no = events.model
  LEFT JOIN words AS languages ON languages.word_no = events.language
  ORDER BY position`

function decode(row: Readonly<Record<string, unknown>>): StoredEvent {
  const size = row['repo_size_category']
  return {
    ...row,
    schema_version: '1.0', // the only one that is stored
    event_id: String(row['event_hex']).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    timestamp: readTimestamp(Number(row['timestamp_us'])),
    model: row['model_word'],
    language: row['language_word'],
    repo_size_category: size === null ? null : repoSizeCodes.decode(Number(size)),
    quality_gates_run: readGates(Number(row['quality_gates_run'])),
    quality_gates_failed: readGates(Number(row['quality_gates_failed'])),
  }
}

function readGates(mask: number): readonly string[] {
  return qualityGateCodes.values.filter((_, code) => (mask >> code) & 1)
}

function readTimestamp(micros: number): string {
  const millis = Math.floor(micros / 1000)
  const rest = String(micros - millis * 1000).padStart(3, '0')
  return new Date(millis).toISOString().replace('Z', `${rest}Z`)
}
