import { expect, it } from 'vitest'

import { anEvent } from '../../packages/server/src/testing/an-event.ts'
import { aPostgresDatabase, withClient } from '../../packages/server/src/testing/postgres-database.ts'
import { runCli, startServe, temporaryDirectory } from './run-cli.ts'

it('administers, serves, verifies and rebuilds a PostgreSQL database, beside a running server', async () => {
  const url = await aPostgresDatabase('empty')
  const variables = { MOSAIC_TELEMETRY_DATABASE_URL: url }
  const { stdout: instanceId } = await runCli(['instances', 'create', '--database-url', url])
  const { stdout: key } = await runCli(['keys', 'create', instanceId.trim()], variables)
  using directory = temporaryDirectory()
  const serve = await startServe(directory.path, variables)
  const events = Array.from({ length: 7 }, () => anEvent({ instance_id: instanceId.trim() }))
  const response = await fetch(`${serve.url}/v1/events/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.trim()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
  })
  const verify = () => runCli(['predictions', 'verify'], variables)
  await expect.poll(async () => (await verify()).stdout, { timeout: 15_000 }).toMatch(/^1 unit of 7 events/)

  await withClient(url, (client) => client.query('DELETE FROM mosaic_telemetry.prediction_units'))
  const damaged = await verify()
  const rebuilt = await runCli(['predictions', 'rebuild'], variables)
  const mended = await verify()
  const { stderr } = await serve.stop()

  expect(response.status).toBe(202)
  expect(damaged).toMatchObject({ code: 1, stderr: 'Run: mosaic-telemetry predictions rebuild\n' })
  expect(rebuilt).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 unit from 7 events/) })
  expect(mended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/: the same, byte for byte\n.*: the same\n$/),
  })
  expect(stderr).toContain('Data is kept in PostgreSQL.')
})

it('says what is wrong with a database that it cannot use, and never its password', async () => {
  const url = new URL(await aPostgresDatabase('empty'))
  url.pathname = '/nothing'

  const refused = await runCli(['instances', 'list', '--database-url', url.href])
  const mistyped = await runCli(['serve', '--database-url', 'postgre://me:secret@host/db'])

  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('Create it first: createdb --owner postgres nothing')
  expect(refused.stderr).not.toContain(decodeURIComponent(url.password))
  expect(mistyped.stderr).toContain(
    '--database-url: its value is not a URL such as postgres://user@host:5432/database',
  )
  expect(mistyped.stderr).not.toContain('secret')
})
