import { expect, it } from 'vitest'

import { rowsOf } from '../../testing/an-event.ts'
import { instance, NOW_MS } from '../../testing/an-observation.ts'
import { createInstance } from '../../testing/engines.ts'
import { filesHolding } from '../../testing/look-into.ts'
import { aTempDir } from '../../testing/temp-dir.ts'
import { openSqliteStore } from './sqlite-store.ts'

it('leaves nothing of a deleted instance in the files', async () => {
  using directory = aTempDir()
  const store = await openSqliteStore(`${directory.path}/telemetry.db`)
  const [gone, kept] = [await createInstance(store, 0), await createInstance(store, 1)]
  await store.createKey({ ...aKey, instanceNo: gone.instanceNo })
  for (let batch = 0; batch < 20; batch++) {
    const numbers = Array.from({ length: 200 }, (_, index) => batch * 200 + index)
    await store.appendEvents([rowsOf(gone, numbers), rowsOf(kept, numbers)])
  }
  const before = [instance(0), 'a label that names someone'].map(
    (text) => filesHolding(directory.path, text).length,
  )

  await store.deleteInstance(gone.instanceId, NOW_MS)
  await store.close()

  expect(before.every((files) => files > 0)).toBe(true)
  expect(
    [instance(0), 'a label that names someone'].map((text) => filesHolding(directory.path, text)),
  ).toEqual([[], []])
  expect(filesHolding(directory.path, instance(1))).not.toEqual([])
})

const aKey = {
  keyId: 'a key',
  sha256: new Uint8Array(32),
  prefix: 'abcdefgh',
  label: 'a label that names someone',
  createdAtMs: NOW_MS,
  expiresAtMs: null,
}
