import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

import { BodyEncoding, type Gzip } from './body-encoding.ts'

const gzip: Gzip = async (text) => new Uint8Array(gzipSync(text))
const LARGE = 'x'.repeat(20_000)

describe('BodyEncoding', () => {
  it('compresses a large body', async () => {
    const { body, headers } = await new BodyEncoding('https://telemetry.example', gzip).encode(LARGE)

    expect(gunzipSync(body as Uint8Array).toString()).toBe(LARGE)
    expect(headers).toEqual({ 'content-encoding': 'gzip' })
  })

  it('leaves a small body alone', async () => {
    const { body, headers } = await new BodyEncoding('https://telemetry.example', gzip).encode('{}')

    expect(body).toBe('{}')
    expect(headers).toEqual({})
  })

  it.each(['http://localhost:8000', 'http://127.0.0.1', 'http://[::1]:8000', 'http://api.localhost'])(
    'leaves every body to %s alone',
    async (url) => {
      expect((await new BodyEncoding(url, gzip).encode(LARGE)).body).toBe(LARGE)
    },
  )

  it('sends the body as it is where compressing fails, or has been refused', async () => {
    const failing = new BodyEncoding('https://telemetry.example', () => Promise.reject(new Error('no zlib')))
    const refused = new BodyEncoding('https://telemetry.example', gzip)
    refused.giveUp()

    expect((await failing.encode(LARGE)).body).toBe(LARGE)
    expect((await refused.encode(LARGE)).body).toBe(LARGE)
  })
})
