import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { type GivenSettings, resolveConfig } from './config/resolve-config.ts'
import { readLocalCredentials } from './local-files.ts'
import { startServer } from './server.ts'
import { anEvent } from './testing/an-event.ts'
import { aTempDir } from './testing/temp-dir.ts'

it('makes an instance and a key for this machine at the first start, readable by their owner only', async () => {
  using directory = aTempDir()

  const server = await start(directory.path)

  const credentials = readLocalCredentials(directory.path)!
  expect(server.newCredentialsFile).toBe(join(directory.path, 'credentials.json'))
  expect(statSync(server.newCredentialsFile!).mode & 0o777).toBe(0o600)
  expect(credentials.server_url).toBe(server.url)
  const response = await fetch(`${server.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${credentials.api_key}`, 'content-type': 'application/json' },
    body: JSON.stringify(anEvent({ instance_id: credentials.instance_id })),
  })
  expect(response.status).toBe(202)
  await server.stop()
})

it('keeps the credentials at a later start, and notes the address that it has then', async () => {
  using directory = aTempDir()
  const first = await start(directory.path)
  const before = readLocalCredentials(directory.path)
  await first.stop()

  const second = await start(directory.path)

  expect(second.newCredentialsFile).toBeUndefined()
  expect(readLocalCredentials(directory.path)).toEqual({ ...before, server_url: second.url })
  await second.stop()
})

it('makes no credentials where other machines may reach it', async () => {
  using directory = aTempDir()

  const server = await start(directory.path, {
    host: '0.0.0.0',
    auth: true,
    authToken: 'a token of 16 characters',
  })

  expect(server.newCredentialsFile).toBeUndefined()
  expect(readLocalCredentials(directory.path)).toBeUndefined()
  await server.stop()
})

it('refuses an address in use, and leaves nothing open then', async () => {
  using directory = aTempDir()
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo

  const starting = start(directory.path, { port })

  await expect(starting).rejects.toMatchObject({
    code: 'ADDRESS_IN_USE',
    message: `another program is listening on 127.0.0.1:${port}`,
    hint: expect.stringContaining('--port'),
  })
  other.close()
  const next = await start(directory.path) // the lock and the store are free again
  await next.stop()
})

it("refuses an address that is not this machine's", async () => {
  using directory = aTempDir()

  const starting = start(directory.path, {
    host: '192.0.2.1',
    auth: true,
    authToken: 'a token of 16 characters',
  })

  await expect(starting).rejects.toMatchObject({ code: 'ADDRESS_UNAVAILABLE' })
})

it('refuses a second server on its directory', async () => {
  using directory = aTempDir()
  const first = await start(directory.path)

  const starting = start(directory.path)

  await expect(starting).rejects.toMatchObject({ code: 'STORE_IN_USE' })
  expect((await fetch(`${first.url}/health`)).status).toBe(200)
  await first.stop()
})

it('refuses credentials that are torn, and leaves them as they are', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'credentials.json')
  writeFileSync(file, '{"server_url":')

  const starting = start(directory.path)

  await expect(starting).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE' })
  expect(readFileSync(file, 'utf8')).toBe('{"server_url":')
})

it('stops once, however often it is told to', async () => {
  using directory = aTempDir()
  const server = await start(directory.path)

  await Promise.all([server.stop(), server.stop()])

  await expect(fetch(`${server.url}/health`)).rejects.toThrow()
})

function start(dataDir: string, settings: GivenSettings = {}) {
  return startServer(resolveConfig({ port: 0, logLevel: 'silent', ...settings, dataDir }, {}))
}
