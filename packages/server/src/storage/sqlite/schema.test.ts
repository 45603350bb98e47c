import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, it } from 'vitest'

import { openRaw } from '../../testing/look-into.ts'
import { aTempDir } from '../../testing/temp-dir.ts'
import { openSqliteStore } from './sqlite-store.ts'

const dump = fileURLToPath(new URL('../../../migrations/sqlite/schema.sql', import.meta.url))

/** Renew the dump after a new migration: `npx vitest run packages/server/src/storage/sqlite/schema --update`. */
it('results from the migrations as the dumped schema shows it', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')
  await (await openSqliteStore(file)).close()

  using database = await openRaw(file)
  const objects = database
    .prepare(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type DESC, name",
    )
    .all()

  expect(existsSync(dump)).toBe(true)
  await expect(`${HEAD}${objects.map(({ sql }) => `${String(sql)};\n`).join('\n')}`).toMatchFileSnapshot(dump)
})

const HEAD = `-- What the migrations beside this file add up to. Made by a test (storage/sqlite/schema.test.ts); never run.

`
