import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { startRunServerStub } from '../testing/run-server.ts'

const packageRoot = fileURLToPath(new URL('../..', import.meta.url))
const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8')

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'package-runs-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Runs a program against the built package, with nothing of this process's environment. */
async function node(program: string, variables: Record<string, string>, ...flags: string[]) {
  const env = { PATH: process.env['PATH'], TELEMETRY_BUFFER_DIR: `${directory}/buffer`, ...variables }
  const args = [...flags, '--input-type=module', '-e', program]
  return promisify(execFile)(process.execPath, args, { cwd: packageRoot, env })
}

describe('the built package', () => {
  it('runs the example of the README as it is printed', async () => {
    await using server = await startRunServerStub()
    const [, example = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? []

    const { stderr, stdout } = await node(example, {
      TELEMETRY_API_URL: server.url,
      TELEMETRY_NDJSON_DIR: `${directory}/raw`,
    })

    expect({ stderr, stdout }).toEqual({ stderr: '', stdout: '' })
    const runs = server.requests.flatMap(({ body, path }) => (path.endsWith('/batch') ? body : []))
    expect(runs).toMatchObject([
      { agent_name: 'scanner', status: 'running' },
      { agent_name: 'scanner', status: 'success', items_succeeded: 11 },
      { agent_name: 'writer', status: 'running' },
      { agent_name: 'writer', status: 'partial' },
    ])
  })

  it('keeps runs in memory where there is no disk', async () => {
    await using server = await startRunServerStub()
    const program = `
      import { RunClient } from '@mosaicstack/telemetry-client/runs'
      const client = new RunClient()
      client.endRun(client.startRun('scanner', 'nightly'))
      console.error(JSON.stringify([await client.sync(), await client.getStats()]))`

    const { stderr } = await node(program, { TELEMETRY_API_URL: server.url }, '--conditions=workerd')

    expect(JSON.parse(stderr)).toEqual([
      { delivered: 2, refused: 0, waiting: 0, cause: null },
      { error: 'Statistics unavailable' },
    ])
    expect(readdirSync(directory)).toEqual([])
  })

  it('says on stderr alone that a write cannot be noted, and delivers it all the same', async () => {
    await using server = await startRunServerStub()
    const program = `
      import { RunClient } from '@mosaicstack/telemetry-client/runs'
      const client = new RunClient()
      client.endRun(client.startRun('scanner', 'nightly'))
      await client.close()`

    const { stderr, stdout } = await node(program, {
      TELEMETRY_API_URL: server.url,
      TELEMETRY_NDJSON_DIR: '/dev/null/raw',
      TELEMETRY_BUFFER_DIR: '/dev/null/buffer',
    })

    expect(stdout).toBe('')
    expect(stderr).toMatch(/^\[telemetry\] NDJSON write failed: ENOTDIR/m)
    expect(stderr).toMatch(/^\[telemetry\] the spool in \/dev\/null\/buffer cannot be written: ENOTDIR/m)
    expect(server.requests.flatMap(({ body }) => body)).toMatchObject([
      { status: 'running' },
      { status: 'success' },
    ])
  })
})
