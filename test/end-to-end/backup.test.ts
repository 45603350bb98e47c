import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { aTempDir } from '../../packages/server/src/testing/temp-dir.ts'
import { runCli, startCli } from '../cli/run-cli.ts'
import { Senders } from './sender.ts'
import { startServerProcess } from './server-process.ts'
import { savedAndRebuiltUnits, storedEventIds } from './stored.ts'

it('backs up under load what was acknowledged before, restores it, and predicts as a rebuild does', async () => {
  using directory = aTempDir()
  using elsewhere = aTempDir()
  const backup = join(elsewhere.path, 'backup.db')
  const server = await startServerProcess(directory.path, ['--checkpoint-interval-ms', '100'])
  const senders = new Senders(4)
  let isEnough = false
  const sending = senders.run(server, () => isEnough)
  await expect.poll(() => senders.acknowledged.size, { timeout: 15_000 }).toBeGreaterThan(2000)

  const acknowledgedBefore = [...senders.acknowledged]
  const backedUp = await runCli(['backup', backup, '--data-dir', directory.path])
  const acknowledgedAfter = senders.acknowledged.size
  const besideServer = await runCli(['restore', backup, '--data-dir', directory.path])
  isEnough = true
  await sending
  await server.end('SIGTERM')
  const restored = await runCli(['restore', backup, '--data-dir', directory.path, '--json'])
  const verified = await runCli(['predictions', 'verify', '--data-dir', directory.path])
  const again = await startServerProcess(directory.path)
  const ending = await again.end('SIGTERM')

  expect(backedUp).toMatchObject({ code: 0, stdout: `${backup}\n` })
  expect(besideServer).toMatchObject({
    code: 1,
    stderr: 'error: a server is running on this store\nStop it first.\n',
  })
  expect(acknowledgedAfter).toBeGreaterThan(acknowledgedBefore.length) // the load went on meanwhile
  const inBackup = new Set(await storedEventIds(directory.path))
  expect(acknowledgedBefore.filter((id) => !inBackup.has(id))).toEqual([])
  expect(JSON.parse(restored.stdout)).toMatchObject({ events: inBackup.size, runs: 0 })
  expect(readdirSync(directory.path).filter((name) => name.includes('before-restore'))).toHaveLength(1)
  expect(verified).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/the same, byte for byte\n.*: the same\n$/),
  })
  expect(ending.code).toBe(0)
  const { saved, rebuilt } = await savedAndRebuiltUnits(directory.path)
  expect(saved).toEqual(rebuilt)
}, 40_000)

it('leaves no backup behind when it is killed, and writes it whole the next time', async () => {
  using directory = aTempDir()
  const server = await startServerProcess(directory.path)
  const senders = new Senders(2)
  await senders.run(server, () => senders.acknowledged.size > 2000)
  await server.end('SIGTERM')
  const backup = join(directory.path, 'backup.db')
  const args = ['backup', backup, '--data-dir', directory.path]

  const child = startCli(args)
  while (!readdirSync(directory.path).some((name) => name.startsWith('backup.db'))) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  child.process.kill('SIGKILL')
  await child.finished
  const wasWhole = readdirSync(directory.path).includes('backup.db')
  const second = wasWhole ? { code: 0 } : await runCli(args)

  expect(second.code).toBe(0)
  expect(readdirSync(directory.path).filter((name) => name.includes('partial'))).toEqual([])
})
