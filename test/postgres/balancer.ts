import { once } from 'node:events'
import { createServer, connect, type Socket } from 'node:net'

/** What stands before several servers: each connection goes to one of them in turn, or to the next that answers. */
export interface Balancer extends AsyncDisposable {
  readonly url: string
}

export async function aBalancer(urls: () => readonly string[]): Promise<Balancer> {
  const open = new Set<Socket>()
  let turn = 0
  const server = createServer((client) => {
    open.add(client)
    client.on('error', () => {}).on('close', () => open.delete(client))
    const [first, ...others] = urls().map((url) => Number(new URL(url).port))
    const ports = turn++ % 2 === 0 ? [first, ...others] : [...others, first]
    relay(
      client,
      ports.filter((port) => port !== undefined),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of open) socket.destroy()
      await once(server, 'close')
    },
  }
}

function relay(client: Socket, [port, ...others]: readonly number[]): void {
  if (port === undefined) return void client.destroy()
  const upstream = connect(port, '127.0.0.1')
  upstream.once('connect', () => {
    upstream.removeAllListeners('error')
    upstream.on('error', () => {}).on('close', () => client.destroy())
    client.on('close', () => upstream.destroy())
    client.pipe(upstream).pipe(client)
  })
  upstream.once('error', () => relay(client, others))
}
