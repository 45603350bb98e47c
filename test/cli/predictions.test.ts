import { join } from 'node:path'

import { expect, it } from 'vitest'

import { readLocalCredentials } from '../../packages/server/src/local-files.ts'
import { anEvent } from '../../packages/server/src/testing/an-event.ts'
import { openRaw } from '../../packages/server/src/testing/look-into.ts'
import { runCli, startServe, temporaryDirectory } from './run-cli.ts'

it('verifies beside a running server, finds what is wrong, and rebuilds it when the server has stopped', async () => {
  using directory = temporaryDirectory()
  const local = ['--data-dir', directory.path]
  const serve = await startServe(directory.path)
  await reportLocally(directory.path, serve.url, 7)

  const beside = await runCli(['predictions', 'verify', ...local])
  const refused = await runCli(['predictions', 'rebuild', ...local])
  await expect.poll(() => countedEvents(serve.url), { timeout: 15_000 }).toBe(7)
  await serve.stop()
  const stopped = await runCli(['predictions', 'verify', ...local])
  await damage(directory.path)
  const damaged = await runCli(['predictions', 'verify', ...local])
  const rebuilt = await runCli(['predictions', 'rebuild', ...local])
  const mended = await runCli(['predictions', 'verify', ...local, '--json'])

  expect(beside).toMatchObject({ code: 0, stderr: '' })
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('a server is running on this store')
  const extent = '1 unit of 7 events up to position 7'
  expect(stopped).toMatchObject({ code: 0, stderr: '' })
  expect(stopped.stdout).toBe(
    `${extent}: the same, byte for byte\n4 rows of the dashboard up to position 7: the same\n`,
  )
  expect(damaged).toMatchObject({ code: 1 })
  expect(damaged.stdout).toMatch(new RegExp(`^${extent}: 1 differ\nSTORED UNIT .*\nmissing +20\\d\\d-`))
  expect(damaged.stdout).toMatch(
    /4 rows of the dashboard up to position 7: 2 missing, surplus or different\n$/,
  )
  expect(damaged.stderr).toBe('Stop the server and run: mosaic-telemetry predictions rebuild\n')
  expect(rebuilt).toMatchObject({ code: 0, stdout: '1 unit from 7 events up to position 7\n', stderr: '' })
  expect(JSON.parse(mended.stdout)).toEqual({
    position: 7,
    events: 7,
    units: 1,
    differences: [],
    rollups: { position: 7, rows: 4, differences: 0 },
  })
})

it('says where it has looked when there is no store, and makes none', async () => {
  using directory = temporaryDirectory()

  const verify = await runCli(['predictions', 'verify', '--data-dir', directory.path])
  const again = await runCli(['predictions', 'rebuild', '--data-dir', directory.path])

  for (const { code, stdout, stderr } of [verify, again]) {
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`there is no store in ${directory.path}`)
  }
})

async function reportLocally(dataDir: string, url: string, tasks: number): Promise<void> {
  const { api_key: apiKey, instance_id: instanceId } = readLocalCredentials(dataDir)!
  const events = Array.from({ length: tasks }, () => anEvent({ instance_id: instanceId }))
  const { status } = await fetch(`${url}/v1/events/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
  })
  expect(status).toBe(202)
}

/** What the dashboard has added up: a second or so after the events have come. */
async function countedEvents(url: string): Promise<number> {
  const response = await fetch(`${url}/v1/dashboard/health`)
  return ((await response.json()) as { store: { events: number } }).store.events
}

/** Loses the stored unit and falsifies a sum, as a bug or a hand in the database might. */
async function damage(dataDir: string): Promise<void> {
  using database = await openRaw(join(dataDir, 'telemetry.db'))
  database.exec('DELETE FROM prediction_units')
  database.exec('UPDATE rollups SET successes = successes + 1 WHERE weekly = 0 AND complexity = -1')
}
