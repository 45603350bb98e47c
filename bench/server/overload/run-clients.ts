import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import type { ClientLoad, ClientLoadResult } from './client-child.ts'

const CHILD = fileURLToPath(new URL('client-child.js', import.meta.url))

/** Runs the clients in several processes side by side. */
export function runClients(
  load: Omit<ClientLoad, 'instances'>,
  clients: number,
  processes: number,
): Promise<readonly ClientLoadResult[]> {
  const shares = Array.from({ length: processes }, (_, index) =>
    Array.from({ length: clients }, (__, instance) => instance).filter(
      (instance) => instance % processes === index,
    ),
  )
  return Promise.all(
    shares.map(async (instances) => {
      const own: ClientLoad = { ...load, instances, eventsPerSecond: load.eventsPerSecond / processes }
      const child = spawn(process.execPath, [CHILD, JSON.stringify(own)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [output] = await Promise.all([text(child.stdout), once(child, 'close')])
      return JSON.parse(output) as ClientLoadResult
    }),
  )
}
