import { connect } from 'node:net'

import { expect, it } from 'vitest'

import { aServer } from '../testing/a-server.ts'

it.each(['/no-such-page', '/v1/no-such-route', '/v2/events', '/v1/events/'.repeat(50)])(
  'answers 404 in the one shape: %s',
  async (path) => {
    await using server = await aServer()

    const { status, body } = await server.get(`${path}?api_key=secret`)

    expect(status).toBe(404)
    expect(body.error).toEqual({ code: 'not_found', message: expect.any(String), details: [] })
    expect(body.detail).toBe(body.error.message)
    expect(body.error.message).not.toContain('secret')
  },
)

it.each([
  ['an address that is not encoded as it must be', '/v1/%zz'],
  ['a parameter longer than any id', `/v1/admin/instances/${'x'.repeat(8000)}/keys`],
])('answers %s in the one shape', async (_, path) => {
  await using server = await aServer()

  const { status, body } = await server.get(path)

  expect([400, 404]).toContain(status)
  expect(body).toEqual({
    error: { code: expect.any(String), message: expect.any(String), details: [] },
    detail: body.error.message,
  })
})

it.each([
  ['what is no HTTP', 'NONSENSE\r\n\r\n', 400],
  ['headers that are too long', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('answers %s in the one shape', async (_, request, status) => {
  await using server = await aServer()

  const answer = await answerTo(server.url, request)

  const [head = '', body = ''] = answer.split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(head).toMatch(/\r\nconnection: close/i)
  expect(JSON.parse(body)).toEqual({
    error: { code: 'bad_request', message: expect.any(String), details: [] },
    detail: expect.any(String),
  })
})

function answerTo(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let answer = ''
    connect(Number(port), hostname, function (this: ReturnType<typeof connect>) {
      this.write(request)
    })
      .on('data', (chunk) => (answer += chunk.toString()))
      .on('close', () => resolve(answer))
      .on('error', reject)
  })
}
