import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { aServer, type TestServer } from '../../testing/a-server.ts'
import { aTempDir } from '../../testing/temp-dir.ts'

const PAGE = '<!doctype html><title>page</title>'
const SCRIPT = 'console.log(1)\n'.repeat(100)

describe('the built page', () => {
  const directory = aTempDir()
  let server: TestServer
  beforeAll(async () => {
    mkdirSync(join(directory.path, 'assets'))
    const write = (name: string, content: string | Buffer) =>
      writeFileSync(join(directory.path, name), content)
    write('index.html', PAGE)
    write('icon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>')
    write('notes.secret', 'no file of a page')
    write('assets/index-B4xY12_q.js', SCRIPT)
    write('assets/index-B4xY12_q.js.br', brotliCompressSync(SCRIPT))
    write('assets/index-B4xY12_q.js.gz', gzipSync(SCRIPT))
    server = await aServer({}, { dashboardDirectory: directory.path })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    directory[Symbol.dispose]()
  })
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}${path}`, { headers, redirect: 'manual' })
  const formOf = async (accepted: string) => {
    const response = await ask('/assets/index-B4xY12_q.js', { 'accept-encoding': accepted })
    expect(await response.text()).toBe(SCRIPT)
    expect(response.headers.get('vary')).toContain('accept-encoding')
    return response.headers.get('content-encoding')
  }

  it('is served to everybody under a policy that allows nothing from elsewhere and nothing inline', async () => {
    const response = await ask('/')

    expect(await response.text()).toBe(PAGE)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect((await ask('/login')).status).toBe(200)
  })

  it('keeps what has a hash in its name for ever', async () => {
    const [script, icon] = [await ask('/assets/index-B4xY12_q.js'), await ask('/icon.svg')]

    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(icon.headers.get('cache-control')).toBe('no-cache')
  })

  it('is sent as it was compressed at build, where the browser takes that', async () => {
    expect(await formOf('gzip, deflate, br')).toBe('br')
    expect(await formOf('gzip, br;q=0')).toBe('gzip')
    expect(await formOf('identity')).toBeNull()
  })

  it('is not sent again to whoever has it', async () => {
    const first = await ask('/')

    const again = await ask('/', { 'if-none-match': `"other", W/${first.headers.get('etag')}` })

    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  it('is all that is served of its folder', async () => {
    for (const path of ['/notes.secret', '/assets/', '/../package.json', '/assets/index-B4xY12_q.js.br'])
      expect((await ask(path)).status).toBe(404)
  })
})

it('says how to build the page where it is not built', async () => {
  using directory = aTempDir()
  await using server = await aServer({}, { dashboardDirectory: directory.path })

  const { status, body } = await server.get('/')

  expect(status).toBe(503)
  expect(body).toContain('npm run build')
})
