import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { anEvent } from '../../testing/an-event.ts'
import { createInstance } from '../../testing/engines.ts'
import { aTempDir } from '../../testing/temp-dir.ts'
import { toEventRows } from '../event-rows.ts'
import { openSqliteStore } from './sqlite-store.ts'

const MIB = 2 ** 20

it('keeps the log from growing while commits go on, and stores every event', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')
  const log = `${file}-wal`
  const store = await openSqliteStore(file)
  const sender = await createInstance(store, 0)
  const group = () =>
    toEventRows(
      sender,
      Array.from({ length: 2000 }, () => ({
        ...anEvent({ instance_id: sender.instanceId }),
        event_id: randomUUID(),
      })),
      Date.now(),
    )

  // Random ids change many pages: what is written in all would be 150 MB of log.
  let events = 0
  let largestBytes = 0
  while (events < 250_000) {
    await store.appendEvents([group()])
    events += 2000
    largestBytes = Math.max(largestBytes, statSync(log).size)
  }
  const stored = await store.countEvents()
  await store.close()

  expect(stored).toBe(events)
  expect(largestBytes).toBeLessThan(100 * MIB)
})
