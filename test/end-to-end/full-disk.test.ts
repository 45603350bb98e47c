import { execFileSync } from 'node:child_process'
import { platform } from 'node:os'

import { expect, it } from 'vitest'

import { databaseFile } from '../../packages/server/src/local-files.ts'
import { aRun } from '../../packages/server/src/testing/a-run.ts'
import { anEvent } from '../../packages/server/src/testing/an-event.ts'
import { openRaw } from '../../packages/server/src/testing/look-into.ts'
import { aTempDir } from '../../packages/server/src/testing/temp-dir.ts'
import { post, type PostAnswer } from './sender.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import { savedAndRebuiltUnits, storedEventIds } from './stored.ts'

/** Kibibytes that a file of the server may grow to: room to start and for some hundred events. */
const FILE_LIMIT_KIB = 1024

it('answers 503 while its files cannot grow, keeps what it acknowledged, and stores again without a restart', async () => {
  // Only Linux lets one process raise the limit of another. Elsewhere the trigger in event-refusals.test.ts stands in.
  if (platform() !== 'linux') return expect(platform()).toMatch(/darwin|win32/)
  using directory = aTempDir()
  const flags = ['--checkpoint-interval-ms', '100']
  const server = await startServerProcess(directory.path, flags, `ulimit -S -f ${FILE_LIMIT_KIB}`)
  const send = () =>
    post(server, '/v1/events/batch', {
      events: Array.from({ length: 100 }, () => anEvent({ instance_id: server.instanceId })),
    })

  const acknowledged: string[] = []
  const take = ({ body }: PostAnswer) =>
    acknowledged.push(...body.results.map((result: { event_id: string }) => result.event_id))
  let answer = await send()
  for (; answer?.status === 202; answer = await send()) take(answer)
  const refused = [answer, await send(), await fillWithRuns(server)]
  const health = await fetch(`${server.url}/health`)
  execFileSync('prlimit', ['--pid', String(server.pid), '--fsize=unlimited'])
  const recovered = await send()
  if (recovered?.status === 202) take(recovered)
  const run = await post(server, '/api/v1/runs', aRun({ event_id: 'after' }))
  await expect.poll(() => unsavedEvents(server), { timeout: 10_000 }).toBe(0) // checkpoints go on by themselves
  const ending = await server.end('SIGTERM')

  expect(acknowledged.length).toBeGreaterThan(100)
  for (const each of refused) {
    expect(each?.status).toBe(503)
    expect(Number(each?.headers['retry-after'])).toBeGreaterThan(0)
  }
  expect(health.status).toBe(200)
  expect(recovered?.status).toBe(202)
  expect(run?.status).toBe(201)
  expect(ending.code).toBe(0)
  expect((await storedEventIds(directory.path)).sort()).toEqual(acknowledged.sort())
  const { saved, rebuilt } = await savedAndRebuiltUnits(directory.path)
  expect(saved).toEqual(rebuilt)
  // Saved whenever it was fitted anew, the last time at the stop.
  expect(await forecastPosition(directory.path)).toBeGreaterThan(0)
}, 30_000)

/** Creates runs until one is refused. @returns the answer that refuses it. */
async function fillWithRuns(server: ServerProcess): Promise<PostAnswer | undefined> {
  for (let number = 0; ; number++) {
    const answer = await post(server, '/api/v1/runs', aRun({ event_id: `run-${number}` }))
    if (answer?.status !== 201) return answer
  }
}

async function unsavedEvents(server: ServerProcess): Promise<number> {
  const response = await fetch(`${server.url}/metrics`, { headers: { accept: 'text/plain' } })
  return Number(/^mosaic_prediction_events_unsaved (\S+)$/m.exec(await response.text())?.[1])
}

/** How far the forecast that was saved at the stop has learned. */
async function forecastPosition(dataDir: string): Promise<number> {
  using database = await openRaw(databaseFile(dataDir))
  return Number(database.prepare('SELECT position FROM saved_states').get()?.['position'])
}
