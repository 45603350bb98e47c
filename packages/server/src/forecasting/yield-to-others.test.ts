import { once } from 'node:events'
import { constants, getPriority, platform } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

import { expect, it } from 'vitest'

it('gives way with its own thread, and with no other', async () => {
  const before = getPriority()
  const thread = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
     const { getPriority } = require('node:os')
     import(workerData).then(({ yieldToOthers }) => {
       yieldToOthers()
       parentPort.postMessage(getPriority())
     })`,
    {
      eval: true,
      workerData: fileURLToPath(new URL('../../dist/forecasting/yield-to-others.js', import.meta.url)),
    },
  )

  const [priority] = await once(thread, 'message')

  const lowest = Math.max(before, constants.priority.PRIORITY_LOW)
  expect(priority).toBe(platform() === 'linux' ? lowest : before)
  expect(getPriority()).toBe(before)
  await thread.terminate()
})
