import { once } from 'node:events'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { runCli, startCli, startServe, temporaryDirectory } from './run-cli.ts'

describe.concurrent('serve', () => {
  it('prints exactly its address on stdout and words on stderr, and ends with 0 at SIGTERM', async () => {
    using directory = temporaryDirectory()
    const serve = await startServe(directory.path)

    const health = await fetch(`${serve.url}/health`)
    const { code, signal, stdout, stderr } = await serve.stop()

    expect(health.status).toBe(200)
    expect({ code, signal }).toEqual({ code: 0, signal: null })
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/)
    expect(stderr).toContain(`Data is kept in ${directory.path}.`)
    expect(stderr).toContain(join(directory.path, 'credentials.json'))
    expect(stderr).toContain('set MOSAIC_TELEMETRY_ADMIN_TOKEN to open it')
  })

  it('ends with 0 at SIGINT too, and leaves the key readable by its owner only', async () => {
    using directory = temporaryDirectory()
    const serve = await startServe(directory.path)

    serve.cli.process.kill('SIGINT')

    expect((await serve.cli.finished).code).toBe(0)
    expect(statSync(join(directory.path, 'credentials.json')).mode & 0o777).toBe(0o600)
  })

  it('says what to do where another server uses the directory', async () => {
    using directory = temporaryDirectory()
    await using _first = await startServe(directory.path)

    const second = await runCli(['serve', '--port', '0', '--data-dir', directory.path])

    expect({ code: second.code, stdout: second.stdout }).toEqual({ code: 1, stdout: '' })
    expect(second.stderr).toBe(
      'error: another server is using this data directory\n' +
        'Stop it, or start this one with another --data-dir.\n',
    )
  })

  it('says what to do where another program uses the port', async () => {
    using directory = temporaryDirectory()
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo

    const { code, stdout, stderr } = await runCli([
      'serve',
      '--port',
      String(port),
      '--data-dir',
      directory.path,
    ])
    other.close()

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`error: another program is listening on 127.0.0.1:${port}\n`)
    expect(stderr).toContain('choose another --port')
  })

  it('says in one sentence that the data directory cannot be made', async () => {
    using directory = temporaryDirectory()
    const file = join(directory.path, 'a-file')
    writeFileSync(file, '')

    const { code, stderr } = await runCli(['serve', '--port', '0', '--data-dir', join(file, 'data')])

    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: .*ENOTDIR.*\nChoose a --data-dir that this user may write to/)
    expect(stderr).not.toContain('    at ')
  })

  it('goes on serving when the reader of its address has left', async () => {
    using directory = temporaryDirectory()
    const serve = await startServe(directory.path)

    serve.cli.process.stdout!.destroy()
    serve.cli.process.stderr!.destroy()
    const refused = await fetch(`${serve.url}/v1/events`, { method: 'POST', body: '{' })
    const health = await fetch(`${serve.url}/health`)

    expect([refused.status, health.status]).toEqual([401, 200])
    expect((await serve.stop()).code).toBe(0)
  })
})

describe.concurrent('a pipe that is closed early', () => {
  it.each([
    ['serve', '--help'],
    ['keys', '--help'],
    ['instances', 'list'],
  ])('does not fail "%s %s"', async (...args) => {
    using directory = temporaryDirectory()
    const environment = { MOSAIC_TELEMETRY_DATA_DIR: directory.path }
    const cli = startCli(args, environment)

    cli.process.stdout!.destroy()
    cli.process.stderr!.destroy()

    expect((await cli.finished).code).toBe(0)
  })

  it('lets the demo clean up', async () => {
    using directory = temporaryDirectory()
    const cli = startCli(['demo', '--once', '--port', '0'], { TMPDIR: directory.path })
    await cli.firstLine

    cli.process.stdout!.destroy()
    const { code, stderr } = await cli.finished

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(readdirSync(directory.path)).toEqual([])
  })
})
