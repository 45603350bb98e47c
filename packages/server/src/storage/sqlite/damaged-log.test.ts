import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { rowsOf } from '../../testing/an-event.ts'
import { createInstance } from '../../testing/engines.ts'
import { aTempDir } from '../../testing/temp-dir.ts'
import { refuseDamagedLog } from './damaged-log.ts'
import { openSqliteStore } from './sqlite-store.ts'

const HEADER_BYTES = 32
const FRAME_BYTES = 24 + 4096

it('takes a whole log, an empty one and none at all', async () => {
  using directory = aTempDir()
  const { file, log } = await aCrashedStore(directory.path)

  refuseDamagedLog(file)
  writeFileSync(`${file}-wal`, '')
  refuseDamagedLog(file)

  expect(log.length).toBeGreaterThan(HEADER_BYTES + 20 * FRAME_BYTES)
  refuseDamagedLog(join(directory.path, 'none.db'))
})

it('takes a log whose end is torn, wherever the tear is: that is what a crash leaves', async () => {
  using directory = aTempDir()
  const { file, log } = await aCrashedStore(directory.path)

  for (const cutBytes of [1, 24, 4096, FRAME_BYTES, FRAME_BYTES + 1, log.length - 10]) {
    writeFileSync(`${file}-wal`, log.subarray(0, log.length - cutBytes))
    refuseDamagedLog(file)
  }
  const lastFrame = log.length - FRAME_BYTES
  writeFileSync(`${file}-wal`, damaged(log, lastFrame + 200))

  expect(() => refuseDamagedLog(file)).not.toThrow()
})

it.each([
  ['the header', 0],
  ['the salt of the header', 17],
  ['the first frame', HEADER_BYTES + 24 + 100],
  ['a frame in the middle', HEADER_BYTES + 7 * FRAME_BYTES + 2000],
  ['the checksum of a frame', HEADER_BYTES + 5 * FRAME_BYTES + 17],
])('refuses a log that is damaged in %s, and changes nothing', async (_, at) => {
  using directory = aTempDir()
  const { file, log } = await aCrashedStore(directory.path)
  const spoilt = damaged(log, at)
  writeFileSync(`${file}-wal`, spoilt)

  const refuse = () => refuseDamagedLog(file)

  expect(refuse).toThrow(`${file}-wal is damaged, and what was committed last would be lost`)
  expect(readFileSync(`${file}-wal`).equals(spoilt)).toBe(true)
})

/** A store as a power cut leaves it: many commits in its log, none of them in its file. */
async function aCrashedStore(directory: string) {
  const living = join(directory, 'living.db')
  const file = join(directory, 'telemetry.db')
  const store = await openSqliteStore(living)
  const sender = await createInstance(store, 0)
  for (let number = 0; number < 20; number++) await store.appendEvents([rowsOf(sender, [number])])
  for (const suffix of ['', '-wal']) copyFileSync(`${living}${suffix}`, `${file}${suffix}`)
  await store.close()
  return { file, log: readFileSync(`${file}-wal`) }
}

function damaged(log: Buffer, at: number): Buffer {
  const bytes = Buffer.from(log)
  bytes[at] = (bytes[at] ?? 0) ^ 0xff
  return bytes
}
