import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { expect, it } from 'vitest'

import { databaseFile } from '../../local-files.ts'
import { openSqliteStore } from '../../storage/sqlite/sqlite-store.ts'
import { toRunValues } from '../../storage/run-rows.ts'
import type { Store } from '../../storage/store.ts'
import { aRun } from '../../testing/a-run.ts'
import { aServer } from '../../testing/a-server.ts'
import { rowsOf } from '../../testing/an-event.ts'
import { NOW_MS } from '../../testing/an-observation.ts'
import { createInstance } from '../../testing/engines.ts'
import { aTempDir } from '../../testing/temp-dir.ts'
import { exportedEvents } from './exported-events.ts'
import { exportedRuns } from './exported-runs.ts'
import type { ExportTable } from './export-row.ts'
import { writingFile } from './file-sink.ts'
import { writeParquet } from './write-parquet.ts'
import { writeCsv, writeNdjson } from './write-text.ts'

it('writes events that a server takes as they are, once', async () => {
  await using store = await aStore([1, 2, 3])
  const lines = (await text(writeNdjson, exportedEvents(store, {}))).trimEnd().split('\n')
  await using server = await aServer()
  const events = lines.map((line) => JSON.parse(line))

  const answer = await server.post('/v1/events/batch', { events })
  const again = await server.post('/v1/events/batch', { events })

  expect(events.map(({ actual_input_tokens: tokens, received_at: at }) => [tokens, at])).toEqual(
    [1, 2, 3].map((tokens) => [tokens, '2026-11-21T12:00:00.000Z']),
  )
  expect(answer.body).toMatchObject({ accepted: 3, rejected: 0 })
  expect(again.body).toMatchObject({ accepted: 0, rejected: 3 })
})

it('writes only what was received within a span: its end is not part of it', async () => {
  await using store = await aStore([1])
  const count = (fromMs: number, beforeMs: number) =>
    writeNdjson(exportedEvents(store, { fromMs, beforeMs }), { write: async () => {} })

  expect(await count(NOW_MS, NOW_MS + 1)).toBe(1)
  expect(await count(NOW_MS + 1, NOW_MS + 2)).toBe(0)
  expect(await count(NOW_MS - 1, NOW_MS)).toBe(0)
})

it('writes CSV with a header, and quotes what would break a line', async () => {
  await using store = await aStore([1], { language: 'a "b", c\r\nd', quality_gates_run: ['build', 'test'] })

  const csv = await text(writeCsv, exportedEvents(store, {}))

  const [header, first] = [csv.slice(0, csv.indexOf('\r\n')), csv.slice(csv.indexOf('\r\n') + 2)]
  expect(header).toMatch(/^received_at,instance_id,event_id,schema_version,timestamp,.*,repo_size_category$/)
  expect(first).toContain(',"a ""b"", c\r\nd",\r\n')
  expect(first).toContain(',true,build;test,,')
})

it('writes Parquet that reads back as what was stored, over several row groups', async () => {
  using directory = aTempDir()
  const numbers = Array.from({ length: 23_000 }, (_, number) => number)
  await using store = await aStore(numbers, { timestamp: '2026-11-21T09:30:00.123456Z' })
  const file = join(directory.path, 'events.parquet')

  const rows = await writingFile(file, (sink) => writeParquet(exportedEvents(store, {}), sink))

  const buffer = await asyncBufferFromFile(file)
  const metadata = await parquetMetadataAsync(buffer)
  const read = await parquetReadObjects({ file: buffer, metadata })
  expect(rows).toBe(23_000)
  expect(metadata.row_groups.map((group) => Number(group.num_rows))).toEqual([20_000, 3000])
  expect(read.map((row) => Number(row['actual_input_tokens']))).toEqual(numbers)
  expect(read[22_999]).toMatchObject({
    model: 'claude-sonnet-4-5',
    received_at: new Date(NOW_MS),
    quality_gate_passed: true,
    context_utilization_final: 0.5,
    language: null,
  })
})

it('writes runs newest first, as NDJSON with their timelines and as CSV without', async () => {
  await using store = await aStore([])
  const atUs = NOW_MS * 1000
  for (const number of [1, 2]) {
    const eventId = `run-${number}`
    const values = toRunValues(
      aRun({ event_id: eventId, context_json: { a: [1] } }),
      new Date(NOW_MS).toISOString(),
    )
    const times = { createdAtUs: atUs + number, startTimeUs: atUs, updatedAtUs: atUs }
    const step = {
      eventId: 'step',
      eventType: 'step',
      timestamp: '2026-11-21T12:00:00Z',
      timestampUs: atUs,
      payload: '{"n":1}',
    }
    await store.writeRuns([
      [{ kind: 'create', values, ...times, onRepeat: 'keep' }],
      [{ kind: 'timeline', eventId, events: [step], updatedAtUs: atUs }],
    ])
  }

  const ndjson = await text(writeNdjson, exportedRuns(store, {}, { withTimelines: true }))
  const csv = await text(writeCsv, exportedRuns(store, {}, { withTimelines: false }))

  const runs = ndjson
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(runs.map(({ event_id: id }) => id)).toEqual(['run-2', 'run-1'])
  expect(runs[0]).toMatchObject({
    agent_name: 'scanner',
    context_json: { a: [1] },
    events: [{ event_id: 'step', payload: { n: 1 } }],
  })
  expect(csv.split('\r\n')).toHaveLength(4)
  expect(csv).toContain('"{""a"":[1]}"')
  expect(csv).not.toContain('step')
})

it('writes an empty table in every format', async () => {
  using directory = aTempDir()
  await using store = await aStore([])
  const file = join(directory.path, 'none.parquet')

  await writingFile(file, (sink) => writeParquet(exportedEvents(store, {}), sink))

  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(file))
  expect(Number(metadata.num_rows)).toBe(0)
  expect(await text(writeNdjson, exportedEvents(store, {}))).toBe('')
  expect((await text(writeCsv, exportedEvents(store, {}))).split('\r\n')).toHaveLength(2)
})

it('overwrites no file, and leaves nothing half written', async () => {
  using directory = aTempDir()
  const [taken, failing] = [join(directory.path, 'taken'), join(directory.path, 'failing')]
  writeFileSync(taken, 'mine')

  await expect(writingFile(taken, async () => 1)).rejects.toMatchObject({ code: 'EXPORT_FAILED' })
  await expect(writingFile(failing, () => Promise.reject(new Error('broken down')))).rejects.toThrow(
    'broken down',
  )
  await expect(writingFile(join(failing, 'x'), async () => 1)).rejects.toMatchObject({
    code: 'EXPORT_FAILED',
  })

  expect(readFileSync(taken, 'utf8')).toBe('mine')
  expect(readdirSync(directory.path)).toEqual(['taken'])
})

it('writes a file that only its owner can read', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'events.ndjson')

  await writingFile(file, (sink) => sink.write('x'))

  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(existsSync(`${file}.partial`)).toBe(false)
})

async function aStore(numbers: readonly number[], fields: Parameters<typeof rowsOf>[2] = {}) {
  const directory = aTempDir()
  const store = await openSqliteStore(databaseFile(directory.path))
  const sender = await createInstance(store, 0)
  if (numbers.length > 0) await store.appendEvents([rowsOf(sender, numbers, fields)])
  const dispose = async () => {
    await store.close()
    directory[Symbol.dispose]()
  }
  return Object.assign(store, { [Symbol.asyncDispose]: dispose }) satisfies Store
}

async function text(
  write: (table: ExportTable, sink: { write(chunk: string | Uint8Array): Promise<void> }) => Promise<number>,
  table: ExportTable,
): Promise<string> {
  let written = ''
  await write(table, {
    async write(chunk) {
      written += String(chunk)
    },
  })
  return written
}
