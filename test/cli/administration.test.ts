import { describe, expect, it } from 'vitest'

import { runCli, startServe, temporaryDirectory, type Variables } from './run-cli.ts'

const ADMIN: Variables = { MOSAIC_TELEMETRY_ADMIN_TOKEN: 'an-admin-token-for-tests' }
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Runs a command that prints JSON and nothing but JSON on stdout. */
async function json(args: readonly string[], variables: Variables = {}) {
  const { code, stdout, stderr } = await runCli([...args, '--json'], variables)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

describe.concurrent('instances and keys', () => {
  it('are created, listed and revoked on the store and through the server alike', async () => {
    using directory = temporaryDirectory()
    await using serve = await startServe(directory.path, ADMIN)
    const local = ['--data-dir', directory.path]
    const remote = ['--server-url', serve.url]

    const madeHere = await json(['instances', 'create', '--name', 'here', ...local])
    const madeThere = await json(['instances', 'create', '--name', 'there', ...remote], ADMIN)
    const keyHere = await json(['keys', 'create', madeHere.instance_id, '--label', 'ci', ...local])
    const keyThere = await json(['keys', 'create', madeHere.instance_id, '--label', 'ci', ...remote], ADMIN)
    const revokedHere = await json(['keys', 'revoke', keyHere.key_id, ...local])
    const revokedThere = await json(['keys', 'revoke', keyThere.key_id, ...remote], ADMIN)

    expect(shapeOf(madeThere)).toEqual(shapeOf(madeHere))
    expect(shapeOf(keyThere)).toEqual(shapeOf(keyHere))
    expect(shapeOf(revokedThere)).toEqual(shapeOf(revokedHere))
    expect(revokedThere.revoked_at).toEqual(expect.any(String))
    const listedHere = await json(['instances', 'list', ...local])
    expect(await json(['instances', 'list', ...remote], ADMIN)).toEqual(listedHere)
    expect(listedHere.map((instance: { name: string }) => instance.name)).toEqual(['local', 'here', 'there'])
    const keysHere = await json(['keys', 'list', madeHere.instance_id, ...local])
    expect(await json(['keys', 'list', madeHere.instance_id, ...remote], ADMIN)).toEqual(keysHere)
    expect(keysHere).toEqual([revokedHere, revokedThere])
  })

  it('takes effect on a running server within five seconds', async (context) => {
    using directory = temporaryDirectory()
    await using serve = await startServe(directory.path)
    const local = ['--data-dir', directory.path]
    const { stdout: instanceId } = await runCli(['instances', 'create', ...local])
    const key = await json(['keys', 'create', instanceId.trim(), ...local])
    const statusOf = () => askWith(serve.url, key.api_key)

    await context.expect.poll(statusOf, { timeout: 5000, interval: 100 }).toBe(200)
    await runCli(['keys', 'revoke', key.key_id, ...local])

    await context.expect.poll(statusOf, { timeout: 5000, interval: 100 }).toBe(401)
  })

  it('prints the id or the key alone on stdout, and the next step on stderr', async () => {
    using directory = temporaryDirectory()
    const local = ['--data-dir', directory.path]

    const instance = await runCli(['instances', 'create', ...local])
    const instanceId = instance.stdout.trim()
    const key = await runCli(['keys', 'create', instanceId, '--expires-at', '2999-01-01T00:00:00Z', ...local])

    expect(instanceId).toMatch(UUID)
    expect(instance.stderr).toBe(`Next: mosaic-telemetry keys create ${instanceId}\n`)
    expect(key.stdout).toMatch(/^\S{40,}\n$/)
    expect(key.stderr).toBe('This is the only time the key is shown; only a hash of it is stored.\n')
  })

  it('lists tables, and says what to do where there is nothing to list', async () => {
    using directory = temporaryDirectory()
    const local = ['--data-dir', directory.path]

    const none = await runCli(['instances', 'list', ...local])
    const created = await runCli(['instances', 'create', '--name', 'team \u001b[31m', ...local])
    const id = created.stdout.trim()
    const noKeys = await runCli(['keys', 'list', id, ...local])
    const key = await json(['keys', 'create', id, '--label', 'ci', ...local])
    await runCli(['keys', 'revoke', key.key_id, ...local])
    const instances = await runCli(['instances', 'list', ...local])
    const keys = await runCli(['keys', 'list', id, ...local])

    expect(none).toMatchObject({ code: 0, stdout: '' })
    expect(none.stderr).toBe('No instances yet. Make one: mosaic-telemetry instances create\n')
    expect(noKeys.stderr).toBe(`No keys yet. Make one: mosaic-telemetry keys create ${id}\n`)
    expect(instances.stdout.split('\n')).toEqual([
      'INSTANCE                              NAME        CREATED (UTC)     COUNTS',
      expect.stringMatching(
        new RegExp(`^${id}  team \ufffd\\[31m  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d  fully$`),
      ),
      '',
    ])
    expect(keys.stdout.split('\n')).toEqual([
      'KEY ID                                BEGINS    STATE    LAST USED (UTC)  LABEL',
      `${key.key_id}  ${key.prefix}  revoked  never            ci`,
      '',
    ])
  })

  it('reads an instance id in upper case as the same id', async () => {
    using directory = temporaryDirectory()
    const id = 'A1B2C3D4-E5F6-4A7B-8C9D-0E1F2A3B4C5D'
    const create = ['instances', 'create', '--data-dir', directory.path, '--instance-id']

    const first = await runCli([...create, id])
    const second = await runCli([...create, id.toLowerCase()])

    expect(first.stdout).toBe(`${id.toLowerCase()}\n`)
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toContain(`there is an instance ${id.toLowerCase()} already`)
  })

  it('says what is wrong where nothing has that id, the token is wrong or no server answers', async () => {
    using directory = temporaryDirectory()
    await using serve = await startServe(directory.path, ADMIN)
    const id = '00000000-0000-4000-8000-000000000000'
    const local = ['--data-dir', directory.path]

    const noKey = await runCli(['keys', 'revoke', id, ...local])
    const noInstance = await runCli(['keys', 'list', id, ...local])
    const wrongToken = await runCli(['instances', 'list', '--server-url', serve.url], {
      MOSAIC_TELEMETRY_ADMIN_TOKEN: 'another-admin-token',
    })
    const nobody = await runCli(['instances', 'list', '--server-url', 'http://127.0.0.1:9'], ADMIN)

    expect(noKey).toMatchObject({ code: 1, stdout: '' })
    expect(noKey.stderr).toContain('see `mosaic-telemetry keys list <instance-id>`')
    expect(noInstance).toMatchObject({ code: 1, stdout: '' })
    expect(noInstance.stderr).toContain('See `mosaic-telemetry instances list`.')
    expect(wrongToken).toMatchObject({ code: 1, stdout: '' })
    expect(wrongToken.stderr).toContain('HTTP 401')
    expect(wrongToken.stderr).toContain('Check MOSAIC_TELEMETRY_ADMIN_TOKEN.')
    expect(nobody).toMatchObject({ code: 1, stdout: '' })
    expect(nobody.stderr).toContain('http://127.0.0.1:9 does not answer')
  })
})

/** The field names in order, and the type of each value. */
function shapeOf(record: object): unknown {
  return Object.entries(record).map(([name, value]) => [name, value === null ? 'null' : typeof value])
}

async function askWith(url: string, apiKey: string): Promise<number> {
  const query = 'task_type=testing&model=m&provider=custom&complexity=low'
  const headers = { authorization: `Bearer ${apiKey}` }
  return (await fetch(`${url}/v1/predictions?${query}`, { headers })).status
}
