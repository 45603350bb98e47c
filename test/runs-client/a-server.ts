import { resolveConfig, startServer } from '@mosaicstack/telemetry-server'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { RunRecord, RunTimelineEvent } from '@mosaicstack/telemetry-client/protocol'

/** A real server whose line can be cut: requests under way lose their answers, and nobody listens until it is mended. */
export interface ReachableServer extends AsyncDisposable {
  readonly url: string
  cut(): Promise<void>
  mend(): Promise<void>
  runs(query?: string): Promise<readonly RunRecord[]>
  timeline(eventId: string): Promise<readonly RunTimelineEvent[]>
}

export async function aServer(): Promise<ReachableServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'runs-server-'))
  const server = await startServer(resolveConfig({ port: 0, logLevel: 'silent', dataDir }, {}))
  const line = await openLine(Number(new URL(server.url).port))
  const read = async (path: string) => (await fetch(`${server.url}${path}`)).json()

  return {
    url: `http://127.0.0.1:${line.port}`,
    cut: line.cut,
    mend: line.mend,
    runs: (query = 'limit=1000') => read(`/api/v1/runs?${query}`) as Promise<readonly RunRecord[]>,
    timeline: (eventId) => read(`/api/v1/runs/${eventId}/events`) as Promise<readonly RunTimelineEvent[]>,
    async [Symbol.asyncDispose]() {
      await line.cut()
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** A TCP line to a port on this machine. */
async function openLine(targetPort: number) {
  const sockets = new Set<Socket>()
  let listener: Server | undefined
  const listen = (port: number) =>
    new Promise<number>((resolve) => {
      listener = createServer((near) => {
        const far = connect(targetPort, '127.0.0.1')
        for (const socket of [near, far]) {
          sockets.add(socket)
          socket
            .on('error', () => {})
            .on('close', () => {
              sockets.delete(socket)
              near.destroy()
              far.destroy()
            })
        }
        near.pipe(far).pipe(near)
      }).listen(port, '127.0.0.1', () => resolve((listener!.address() as AddressInfo).port))
    })

  const port = await listen(0)
  return {
    port,
    async cut() {
      for (const socket of sockets) socket.destroy()
      const closing = listener
      listener = undefined
      if (closing !== undefined) await new Promise((resolve) => closing.close(resolve))
    },
    async mend() {
      if (listener === undefined) await listen(port)
    },
  }
}
