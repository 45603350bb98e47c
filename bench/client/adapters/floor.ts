import type { BenchEvent } from '../event.ts'
import { mosaic } from './mosaic.ts'
import type { Adapter } from './adapter.ts'

/** Not an SDK: an array and `fetch`, nothing else. What no SDK can be cheaper than. */
export const floor: Adapter = {
  ...mosaic,
  name: 'floor',
  packages: [],

  async open({ url, batchSize }) {
    let queue: BenchEvent[] = []
    let sending: Promise<void> | undefined

    async function send(): Promise<void> {
      while (queue.length > 0) {
        const events = queue.splice(0, batchSize)
        const response = await fetch(`${url}/v1/events/batch`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ events }),
        })
        await response.arrayBuffer()
      }
      sending = undefined
    }

    return {
      track(event) {
        queue.push(event)
        if (queue.length >= batchSize) sending ??= send()
      },
      async stop() {
        await (sending ?? send())
        queue = []
      },
    }
  },
}
