import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  ADMIN_TOKEN,
  asAdmin,
  aServer,
  type Headers,
  type TestServer,
  withoutKey,
} from '../../testing/a-server.ts'

const VIEWER_TOKEN = 'viewer-token-of-the-tests'
const HOUR_MS = 3_600_000
const asViewer = { authorization: `Bearer ${VIEWER_TOKEN}` }

/** The cookie that a login has set, as a browser sends it back, without the key of a sender. */
async function logIn(server: TestServer, token: string): Promise<Headers> {
  const { headers } = await server.post('/login', { token }, withoutKey)
  return { ...withoutKey, cookie: headers.get('set-cookie')!.split(';')[0]! }
}

describe('a server with tokens', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await aServer({ viewerToken: VIEWER_TOKEN })
  })
  afterAll(() => server[Symbol.asyncDispose]())
  const statusOf = async (headers: Headers) => (await server.get('/v1/dashboard/spend', headers)).status

  it('shows the dashboard to viewers and admins alone', async () => {
    expect(await statusOf(withoutKey)).toBe(401)
    expect(await statusOf({})).toBe(401) // with the key of a sender
    expect(await statusOf({ authorization: 'Bearer wrong' })).toBe(401)
    expect(await statusOf(asViewer)).toBe(200)
    expect(await statusOf(asAdmin)).toBe(200)
  })

  it('asks for a login everywhere but where one logs in', async () => {
    const document = await server.get('/openapi.json')
    const paths = Object.keys(document.body.paths).filter((path) => path.startsWith('/v1/dashboard/'))
    expect(paths.length).toBeGreaterThan(15)

    for (const path of paths.filter((each) => !/session|forecast/.test(each))) {
      const { status, body } = await server.get(path.replace('{event_id}', 'x'), withoutKey)
      expect([path, status, body.error?.code]).toEqual([path, 401, 'unauthenticated'])
    }
    const forecast = await server.post('/v1/dashboard/forecast', {}, withoutKey)
    expect(forecast.status).toBe(401)
  })

  it('exchanges a token for a cookie that no script reads and no other site sends', async () => {
    const login = await server.post('/login', { token: VIEWER_TOKEN }, withoutKey)

    const cookie = login.headers.get('set-cookie')!
    expect(login.body).toEqual({
      role: 'viewer',
      can_administer: false,
      expires_at: '2026-11-22T00:00:00.000Z',
    })
    expect(cookie).toMatch(/^mosaic_session=[0-9a-f]{64}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/)
    expect(JSON.stringify(login.body)).not.toContain(cookie.slice(15, 79))
  })

  it('says Secure where a proxy speaks HTTPS for it', async () => {
    const login = await server.post('/login', { token: VIEWER_TOKEN }, { 'x-forwarded-proto': 'https' })

    expect(login.headers.get('set-cookie')).toMatch(/; Secure$/)
  })

  it('knows the session until its end, which is twelve hours later', async () => {
    const session = await logIn(server, VIEWER_TOKEN)
    const before = await server.get('/v1/dashboard/session', session)
    server.clock.nowMs += 12 * HOUR_MS
    const after = await server.get('/v1/dashboard/session', session)
    const spend = await server.get('/v1/dashboard/spend', session)

    expect(before.body.role).toBe('viewer')
    expect(after.body).toEqual({ role: null, can_administer: false, expires_at: null })
    expect(spend.status).toBe(401)
  })

  it('ends the session at a logout', async () => {
    const session = await logIn(server, VIEWER_TOKEN)

    const logout = await server.post('/logout', undefined, session)

    expect(logout.status).toBe(204)
    expect(logout.headers.get('set-cookie')).toContain('mosaic_session=; Path=/; Max-Age=0')
    expect((await server.get('/v1/dashboard/spend', session)).status).toBe(401)
  })

  it('lets an admin administer, and a viewer not', async () => {
    const [admin, viewer] = [await logIn(server, ADMIN_TOKEN), await logIn(server, VIEWER_TOKEN)]
    const own = { origin: server.url }

    const session = await server.get('/v1/dashboard/session', admin)
    const list = await server.get('/v1/admin/instances', admin)
    const created = await server.post('/v1/admin/instances', { name: 'from the page' }, { ...admin, ...own })
    const refused = await server.post('/v1/admin/instances', {}, { ...viewer, ...own })

    expect(session.body).toMatchObject({ role: 'admin', can_administer: true })
    expect([list.status, created.status, refused.status]).toEqual([200, 201, 401])
  })

  it('takes no change with a cookie from anywhere but its own page', async () => {
    const admin = await logIn(server, ADMIN_TOKEN)
    const statusWith = async (headers: Headers) =>
      (await server.post('/v1/admin/instances', {}, { ...admin, ...headers })).status

    expect(await statusWith({ origin: 'https://elsewhere.example' })).toBe(403)
    expect(await statusWith({ origin: 'null' })).toBe(403)
    expect(await statusWith({ origin: 'http://127.0.0.1:1' })).toBe(403)
    expect(await statusWith({})).toBe(403)
    expect(await statusWith({ 'sec-fetch-site': 'same-site' })).toBe(403)
    expect(await statusWith({ 'sec-fetch-site': 'same-origin' })).toBe(201)
  })

  it('takes a form, and leads it back to the page', async () => {
    const form = { ...withoutKey, 'content-type': 'application/x-www-form-urlencoded' }

    const right = await server.post('/login', `token=${VIEWER_TOKEN}`, form)
    const wrong = await server.post('/login', 'token=wrong', form)

    expect([right.status, right.headers.get('location')]).toEqual([303, '/'])
    expect(right.headers.get('set-cookie')).toContain('HttpOnly')
    expect([wrong.status, wrong.headers.get('location')]).toEqual([303, '/?login=failed'])
    expect(wrong.headers.get('set-cookie')).toBeNull()
  })

  it('takes a form nowhere else', async () => {
    const form = { ...asAdmin, 'content-type': 'application/x-www-form-urlencoded' }

    expect((await server.post('/v1/admin/instances', 'name=x', form)).status).toBe(415)
  })
})

it('makes whoever guesses wait after ten wrong tokens, whatever comes next', async () => {
  await using server = await aServer({ viewerToken: VIEWER_TOKEN })
  const attempt = async (token: unknown) => server.post('/login', { token }, withoutKey)
  const wrong = [undefined, 7, '', ...Array.from({ length: 7 }, (_, guess) => `guess ${guess}`)]
  const statuses: number[] = []
  for (const token of wrong) statuses.push((await attempt(token)).status)

  const right = await attempt(VIEWER_TOKEN)
  server.clock.nowMs += 60_000
  const later = await attempt(VIEWER_TOKEN)

  expect(new Set(statuses)).toEqual(new Set([401]))
  expect([right.status, right.headers.get('retry-after')]).toEqual([429, '60'])
  expect(later.status).toBe(200)
})

it('is open on loopback without tokens, but not to whom a proxy brings', async () => {
  await using server = await aServer({ adminToken: null })

  const session = await server.get('/v1/dashboard/session', withoutKey)
  const spend = await server.get('/v1/dashboard/spend', withoutKey)
  const brought = await server.get('/v1/dashboard/spend', { ...withoutKey, 'x-forwarded-for': '203.0.113.7' })
  const admin = await server.get('/v1/admin/instances', withoutKey)

  expect(session.body).toEqual({ role: 'open', can_administer: false, expires_at: null })
  expect([spend.status, brought.status, admin.status]).toEqual([200, 401, 401])
})

it('is closed beyond loopback without tokens, and says how to open it', async () => {
  await using server = await aServer({
    adminToken: null,
    host: '0.0.0.0',
    auth: true,
    authToken: 'token-of-the-runs-api',
  })

  const { status, body } = await server.get('/v1/dashboard/spend', withoutKey)

  expect(status).toBe(401)
  expect(body.error.message).toContain('MOSAIC_TELEMETRY_VIEWER_TOKEN')
})
