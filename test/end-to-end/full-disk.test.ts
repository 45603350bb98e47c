import { execFileSync } from 'node:child_process'
import { platform } from 'node:os'

import { expect, it } from 'vitest'

import { anEvent } from '../../packages/server/src/testing/an-event.ts'
import { aTempDir } from '../../packages/server/src/testing/temp-dir.ts'
import { post } from './sender.ts'
import { startServerProcess } from './server-process.ts'
import { storedEventIds } from './stored.ts'

/** Kibibytes that a file of the server may grow to: room to start and for some hundred events. */
const FILE_LIMIT_KIB = 1024

it('answers 503 while its files cannot grow, keeps what it acknowledged, and stores again without a restart', async () => {
  // Only Linux lets one process raise the limit of another. Elsewhere the trigger in event-refusals.test.ts stands in.
  if (platform() !== 'linux') return expect(platform()).toMatch(/darwin|win32/)
  using directory = aTempDir()
  const server = await startServerProcess(directory.path, [], `ulimit -S -f ${FILE_LIMIT_KIB}`)
  const send = () =>
    post(server, '/v1/events/batch', {
      events: Array.from({ length: 100 }, () => anEvent({ instance_id: server.instanceId })),
    })

  const acknowledged: string[] = []
  const take = ({ body }: { body: { results: { event_id: string }[] } }) =>
    acknowledged.push(...body.results.map((result) => result.event_id))
  let answer = await send()
  for (; answer?.status === 202; answer = await send()) take(answer)
  const health = await fetch(`${server.url}/health`)
  const again = await send()
  execFileSync('prlimit', ['--pid', String(server.pid), '--fsize=unlimited'])
  const recovered = await send()
  if (recovered?.status === 202) take(recovered)
  const ending = await server.end('SIGTERM')

  expect(acknowledged.length).toBeGreaterThan(100)
  for (const refused of [answer, again]) {
    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } })
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
  }
  expect(health.status).toBe(200)
  expect(recovered?.status).toBe(202)
  expect(ending.code).toBe(0)
  expect((await storedEventIds(directory.path)).sort()).toEqual(acknowledged.sort())
})
