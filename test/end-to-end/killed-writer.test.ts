import { randomInt } from 'node:crypto'

import { expect, it } from 'vitest'

import { aTempDir } from '../../packages/server/src/testing/temp-dir.ts'
import { Senders } from './sender.ts'
import { startServerProcess } from './server-process.ts'
import { savedAndRebuiltUnits, storedEventIds } from './stored.ts'

const ROUNDS = 3

it('ends with an error when the thread that writes is killed under load, and has every acknowledged event once', async () => {
  using directory = aTempDir()
  const senders = new Senders(6)

  for (let round = 0; round < ROUNDS; round++) {
    const server = await startServerProcess(directory.path, [], killingTheWriter(randomInt(1500, 1900)))
    await senders.run(server)
    const ending = await server.ended
    expect(ending).toMatchObject({ code: 1, signal: null })
    expect(ending.stderr).toMatch(/a thread of the database has ended[^]*Start the server again/)
  }
  const afterKills = new Set(await storedEventIds(directory.path))
  const acknowledgedByThen = [...senders.acknowledged]
  const last = await startServerProcess(directory.path)
  await senders.run(last, () => true) // only what is still unanswered
  await last.end('SIGTERM')

  expect(acknowledgedByThen.filter((id) => !afterKills.has(id))).toEqual([])
  expect(new Set(senders.refusals)).toEqual(new Set([503]))
  const stored = await storedEventIds(directory.path)
  expect(stored.length).toBe(new Set(stored).size)
  expect(new Set(stored)).toEqual(senders.sent)
  expect(senders.acknowledged).toEqual(senders.sent)
  const { saved, rebuilt } = await savedAndRebuiltUnits(directory.path)
  expect(saved).toEqual(rebuilt)
  expect(acknowledgedByThen.length).toBeGreaterThan(1000)
}, 60_000)

/** Has the process end the first thread that it starts, wherever that is at the time: it is the one that writes. */
function killingTheWriter(afterMs: number): string {
  const module = `process.once('worker', (worker) => setTimeout(() => worker.terminate(), ${afterMs}))`
  return `export NODE_OPTIONS='--import data:text/javascript,${encodeURIComponent(module).replaceAll("'", '%27')}'`
}
