import { once } from 'node:events'
import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** Stands between a client and a server, and keeps every byte that the client sent. */
export interface RecordingProxy extends AsyncDisposable {
  readonly url: string
  /** Method, path, headers and unpacked body of each request. */
  readonly received: string[]
}

export async function startRecordingProxy(serverUrl: string): Promise<RecordingProxy> {
  const received: string[] = []
  const proxy = createServer((incoming, outgoing) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      const body = Buffer.concat(parts)
      const text = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
      received.push(`${incoming.method} ${incoming.url} ${JSON.stringify(incoming.rawHeaders)} ${text}`)
      const { method, url } = incoming
      const headers = { ...incoming.headers, host: new URL(serverUrl).host }
      const onward = forward(new URL(url ?? '/', serverUrl), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      })
      onward.on('error', () => outgoing.writeHead(502).end())
      onward.end(body)
    })
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    received,
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
