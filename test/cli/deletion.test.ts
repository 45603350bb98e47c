import { expect, it } from 'vitest'

import { anEvent } from '../../packages/server/src/testing/an-event.ts'
import { runCli, startServe, temporaryDirectory, type Variables } from './run-cli.ts'

const ADMIN_TOKEN = 'an-admin-token-for-tests'
const ADMIN: Variables = { MOSAIC_TELEMETRY_ADMIN_TOKEN: ADMIN_TOKEN }

it('deletes an instance with what it sent, on the store and through the server alike', async () => {
  using directory = temporaryDirectory()
  await using serve = await startServe(directory.path, ADMIN)
  const local = ['--data-dir', directory.path]
  const remote = ['--server-url', serve.url]
  const [here, there] = [await aReporter(serve.url, 3), await aReporter(serve.url, 5)]

  const deletedHere = await json(['instances', 'delete', here.instanceId.toUpperCase(), '--yes', ...local])
  const deletedThere = await json(['instances', 'delete', there.instanceId, '--yes', ...remote], ADMIN)
  const again = await runCli(['instances', 'delete', there.instanceId, '--yes', ...local])

  expect(deletedHere).toEqual({ instance_id: here.instanceId, deleted_events: 3 })
  expect(deletedThere).toEqual({ instance_id: there.instanceId, deleted_events: 5 })
  expect(again).toMatchObject({ code: 1, stdout: '' })
  expect(again.stderr).toContain(`there is no instance ${there.instanceId}`)
  const left = await json(['instances', 'list', ...local])
  expect(left.map((instance: { name: string }) => instance.name)).toEqual(['local'])
  expect(await askWith(serve.url, there.apiKey)).toBe(401)
  const statusOf = () => askWith(serve.url, here.apiKey)
  await expect.poll(statusOf, { timeout: 5000, interval: 100 }).toBe(401)
})

it('deletes nothing unasked: without a terminal it wants --yes', async () => {
  using directory = temporaryDirectory()
  const local = ['--data-dir', directory.path]
  const { stdout } = await runCli(['instances', 'create', '--name', 'precious', ...local])

  const refused = await runCli(['instances', 'delete', stdout.trim(), ...local])

  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain('Add --yes if it is what you want.')
  expect(await json(['instances', 'list', ...local])).toMatchObject([{ name: 'precious' }])
})

/** Runs a command that prints JSON and nothing but JSON on stdout. */
async function json(args: readonly string[], variables: Variables = {}) {
  const { code, stdout, stderr } = await runCli([...args, '--json'], variables)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

/** A new instance that has reported some tasks. */
async function aReporter(url: string, tasks: number) {
  const { instance_id: instanceId } = await post(`${url}/v1/admin/instances`, ADMIN_TOKEN, {})
  const { api_key: apiKey } = await post(`${url}/v1/admin/instances/${instanceId}/keys`, ADMIN_TOKEN, {})
  const events = Array.from({ length: tasks }, () => anEvent({ instance_id: instanceId }))
  const { accepted } = await post(`${url}/v1/events/batch`, apiKey, { events })
  expect(accepted).toBe(tasks)
  return { instanceId, apiKey }
}

async function post(url: string, token: string, body: object): Promise<Posted> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json() as Promise<Posted>
}

interface Posted {
  readonly instance_id: string
  readonly api_key: string
  readonly accepted: number
}

async function askWith(url: string, apiKey: string): Promise<number> {
  const query = 'task_type=testing&model=m&provider=custom&complexity=low'
  const headers = { authorization: `Bearer ${apiKey}` }
  return (await fetch(`${url}/v1/predictions?${query}`, { headers })).status
}
