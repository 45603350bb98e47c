import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { expect, it } from 'vitest'

import { aPostgresDatabase, withClient } from '../../testing/postgres-database.ts'

const dump = fileURLToPath(new URL('../../../migrations/postgres/schema.sql', import.meta.url))

/** Renew the dump after a new migration: `npx vitest run packages/server/src/storage/postgres/schema --update`. */
it('results from the migrations as the dumped schema shows it', async () => {
  const url = await aPostgresDatabase('migrated')

  const described = await withClient(url, async (client) => {
    await client.query('SET search_path TO mosaic_telemetry; SET quote_all_identifiers = off')
    return (await client.query<{ text: string }>(DESCRIBE)).rows.map(({ text }) => text)
  })

  expect(existsSync(dump)).toBe(true)
  await expect(`${HEAD}${described.join('\n\n')}\n`).toMatchFileSnapshot(dump)
})

const HEAD = `-- What the migrations beside this file add up to. Made by a test (storage/postgres/schema.test.ts); never run.

`

/** Tables with their columns and constraints, then their indexes. Of the partitions only the first is shown. */
const DESCRIBE = `
WITH shown AS (
  SELECT oid, relname, relkind, relispartition, reloptions
    FROM pg_class
   WHERE relnamespace = 'mosaic_telemetry'::regnamespace AND relkind IN ('r', 'p')
     AND (NOT relispartition OR relname = 'events_00')
), lines AS (
  SELECT attrelid AS oid, 0 AS part, attnum::int AS place, format('  %s %s%s%s%s%s', attname,
         format_type(atttypid, atttypmod),
         CASE WHEN collname = 'C' THEN ' COLLATE "C"' ELSE '' END,
         CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END,
         CASE WHEN attidentity = 'a' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE '' END,
         coalesce(' DEFAULT ' || pg_get_expr(adbin, adrelid), '')) AS line
    FROM pg_attribute
    JOIN shown ON shown.oid = attrelid AND NOT shown.relispartition
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    LEFT JOIN pg_collation AS own ON own.oid = attcollation
   WHERE attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT conrelid, 1, row_number() OVER (PARTITION BY conrelid ORDER BY contype DESC, conname COLLATE "C")::int,
         '  ' || pg_get_constraintdef(pg_constraint.oid)
    FROM pg_constraint JOIN shown ON shown.oid = conrelid AND NOT shown.relispartition
   WHERE contype <> 'n'
)
SELECT CASE
         WHEN relispartition THEN format('CREATE TABLE %s PARTITION OF events %s', relname,
           (SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = shown.oid))
         ELSE format(E'CREATE TABLE %s (\\n%s\\n)', relname,
           (SELECT string_agg(line, E',\\n' ORDER BY part, place) FROM lines WHERE lines.oid = shown.oid))
       END
       || coalesce(' PARTITION BY ' || pg_get_partkeydef(CASE WHEN relkind = 'p' THEN oid END), '')
       || coalesce(' WITH (' || array_to_string(reloptions, ', ') || ')', '') || ';'
       || coalesce((
         SELECT E'\\n' || string_agg(indexdef || ';', E'\\n' ORDER BY indexname COLLATE "C")
           FROM pg_indexes
          WHERE schemaname = 'mosaic_telemetry' AND tablename = relname AND NOT relispartition
            AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname AND conrelid = shown.oid)
       ), '') AS text
  FROM shown
 ORDER BY relname COLLATE "C"`
