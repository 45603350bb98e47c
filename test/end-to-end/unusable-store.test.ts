import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { platform } from 'node:os'
import { fileURLToPath } from 'node:url'

import { expect, it } from 'vitest'

import { databaseFile } from '../../packages/server/src/local-files.ts'
import { openSqliteStore } from '../../packages/server/src/storage/sqlite/sqlite-store.ts'
import { anEvent } from '../../packages/server/src/testing/an-event.ts'
import { aTempDir } from '../../packages/server/src/testing/temp-dir.ts'
import { runCli } from '../cli/run-cli.ts'
import { post } from './sender.ts'
import { startServerProcess } from './server-process.ts'

const commandLine = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))

/** Root may write everywhere, so as root the server runs as nobody. */
const NOBODY = 65_534

it('says which log is damaged after a crash, and leaves both files as they are', async () => {
  using directory = aTempDir()
  const server = await startServerProcess(directory.path)
  for (let number = 0; number < 5; number++) {
    await post(server, '/v1/events', anEvent({ instance_id: server.instanceId }))
  }
  await server.end('SIGKILL')
  const log = `${databaseFile(directory.path)}-wal`
  const bytes = readFileSync(log)
  bytes.fill(0xa5, 2000, 2100) // within the first page of the log
  writeFileSync(log, bytes)
  const before = readFileSync(databaseFile(directory.path))

  const { code, stdout, stderr } = await runCli(['serve', '--port', '0', '--data-dir', directory.path])

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain(`error: ${log} is damaged, and what was committed last would be lost`)
  expect(stderr).toContain('mosaic-telemetry restore FILE')
  expect(readFileSync(log).equals(bytes)).toBe(true)
  expect(readFileSync(databaseFile(directory.path)).equals(before)).toBe(true)
})

it.each([
  ['file', 0o777, 0o444],
  ['directory', 0o555, 0o666],
])('says that a read-only %s cannot be used', async (_, directoryMode, fileMode) => {
  if (platform() === 'win32') return expect(platform()).toBe('win32') // which knows other permissions
  using directory = aTempDir()
  const file = databaseFile(directory.path)
  await (await openSqliteStore(file)).close()
  chmodSync(file, fileMode)
  chmodSync(directory.path, directoryMode)

  const { code, stderr } = await serveWithoutPrivileges(directory.path)

  expect(code).toBe(1)
  expect(stderr).toContain(`error: ${file} cannot be used: `)
  expect(stderr).toContain('Choose a --data-dir that this user may write to')
})

async function serveWithoutPrivileges(dataDir: string): Promise<{ code: number; stderr: string }> {
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const args = [commandLine, 'serve', '--port', '0', '--data-dir', dataDir]
  const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] }, ...user })
  let stderr = ''
  child.stderr.on('data', (chunk) => (stderr += chunk))
  const [code] = await once(child, 'close')
  return { code: Number(code), stderr }
}
