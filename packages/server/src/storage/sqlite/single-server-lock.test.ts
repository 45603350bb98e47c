import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { runChild } from '../../testing/child-process.ts'
import { aTempDir } from '../../testing/temp-dir.ts'
import { lockForServer } from './single-server-lock.ts'
import { openSqliteStore } from './sqlite-store.ts'

const START_SERVER = `
  await server.startServer(server.resolveConfig({ dataDir: given, port: 0, logLevel: 'error' }, {}))
  process.stdout.write('ready')`

it('refuses a second server while the first runs, and accepts it right after a kill -9 of the first', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')
  const first = runChild(directory.path, START_SERVER)
  await first.said('ready')

  await expect(lockForServer(file)).rejects.toMatchObject({
    code: 'STORE_IN_USE',
    hint: expect.stringContaining('--data-dir'),
  })
  first.process.kill('SIGKILL')
  await first.ended
  const unlock = await lockForServer(file)

  unlock()
})

it('gives the lock back when it is told to', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')

  const unlock = await lockForServer(file)
  unlock()
  const unlockAgain = await lockForServer(file)

  unlockAgain()
})

it('lets tools open the store while a server runs', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')
  const unlock = await lockForServer(file)

  const store = await openSqliteStore(file)

  expect(await store.listInstances()).toEqual([])
  await store.close()
  unlock()
})

it('says that a directory cannot be used rather than that another server uses it', async () => {
  using directory = aTempDir()
  writeFileSync(join(directory.path, 'data'), '')

  const locking = lockForServer(join(directory.path, 'data', 'telemetry.db'))

  await expect(locking).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
})
