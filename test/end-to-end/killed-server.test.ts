import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { expect, it } from 'vitest'

import { aTempDir } from '../../packages/server/src/testing/temp-dir.ts'
import { Senders } from './sender.ts'
import { startServerProcess } from './server-process.ts'
import { savedAndRebuiltUnits, storedEventIds } from './stored.ts'

const ROUNDS = 10
const CONNECTIONS = 6

/** Short, so that some kills hit between a commit and the checkpoint of it and some within the checkpoint. */
const FLAGS = ['--checkpoint-interval-ms', '100']

it('has every acknowledged event once after ten times kill -9 under load, and predicts as a rebuild does', async () => {
  using directory = aTempDir()
  const senders = new Senders(CONNECTIONS)
  const unansweredAtKill: number[] = []

  for (let round = 0; round < ROUNDS; round++) {
    const server = await startServerProcess(directory.path, FLAGS)
    const sending = senders.run(server)
    await sleep(randomInt(30, 250))
    await server.end('SIGKILL')
    await sending
    unansweredAtKill.push(senders.unansweredEvents)
  }
  const afterKills = new Set(await storedEventIds(directory.path))
  const acknowledgedByThen = [...senders.acknowledged]
  const last = await startServerProcess(directory.path, FLAGS)
  await senders.run(last, () => true) // only what is still unanswered
  const ending = await last.end('SIGTERM')

  expect(acknowledgedByThen.filter((id) => !afterKills.has(id))).toEqual([])
  expect(ending).toMatchObject({ code: 0, signal: null })
  expect(senders.refusals).toEqual([])
  const stored = await storedEventIds(directory.path)
  expect(stored.length).toBe(new Set(stored).size)
  expect(new Set(stored)).toEqual(senders.sent)
  expect(senders.acknowledged).toEqual(senders.sent)
  const { saved, rebuilt } = await savedAndRebuiltUnits(directory.path)
  expect(saved).toEqual(rebuilt)
  // The kills have hit the work: batches were under way, and some of them stored without an answer.
  expect(acknowledgedByThen.length).toBeGreaterThan(1000)
  expect(Math.max(...unansweredAtKill)).toBeGreaterThan(0)
}, 60_000)
