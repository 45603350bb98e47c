import type { TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'
import { describe, expect, it } from 'vitest'

import { anEvent, eventId } from '../testing/an-event.ts'
import { instance, NOW_MS } from '../testing/an-observation.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'
import { type StorableEvent, toEventRows } from './event-rows.ts'

const WHOLE: StorableEvent = {
  ...anEvent(),
  event_id: 'a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d',
  schema_version: '1.0',
  timestamp: '2026-11-21T09:30:00.123456Z',
  quality_gates_run: ['build', 'lint', 'security'],
  quality_gates_failed: ['lint'],
  context_utilization_final: 0.123_456_789,
  quality_gate_passed: false,
  language: 'TypeScript, "the" 日本語\n',
  repo_size_category: 'huge',
}

for (const engine of ENGINES) {
  describe(`${engine.name}: eventsAfter`, () => {
    it('gives events back as they were sent, with what was left out filled in', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      const bare: StorableEvent = { ...anEvent(), event_id: eventId(2) }
      await store.appendEvents([toEventRows(sender, [WHOLE], NOW_MS)])
      await store.appendEvents([toEventRows(sender, [bare], NOW_MS + 7)])

      const [whole, filled] = await store.eventsAfter(0, 10)

      expect(whole).toEqual({ position: 1, receivedAtMs: NOW_MS, fields: WHOLE })
      expect(filled?.fields).toEqual({
        ...bare,
        schema_version: '1.0',
        timestamp: '2026-11-21T12:00:00.007Z',
        quality_gates_run: [],
        quality_gates_failed: [],
        language: null,
        repo_size_category: null,
      })
    })

    it('gives a page at a time, in order, and what is given back can be stored as the same again', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const [sender, other] = [await createInstance(store, 0), await createInstance(store, 1)]
      const events = Array.from({ length: 5 }, (_, number): StorableEvent => ({
        ...WHOLE,
        event_id: eventId(number),
      }))
      await store.appendEvents([toEventRows(sender, events, NOW_MS)])

      const first = await store.eventsAfter(0, 3)
      const second = await store.eventsAfter(first.at(-1)!.position, 3)
      const sent = [...first, ...second].map(({ fields }) => fields)
      const copies = sent.map(
        (fields) => ({ ...fields, instance_id: instance(1) }) as unknown as TaskCompletionEvent,
      )
      await store.appendEvents([toEventRows(other, copies as StorableEvent[], NOW_MS)])

      expect([first.length, second.length]).toEqual([3, 2])
      expect(sent).toEqual(events)
      const copied = await store.eventsAfter(second.at(-1)!.position, 10)
      expect(copied.map(({ fields }) => fields)).toEqual(copies)
    })
  })
}
