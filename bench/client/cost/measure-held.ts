import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenSdk } from '../adapters/adapter.ts'
import { benchEvent } from '../event.ts'

/** Time for what the SDK does after the call: a promise chain, a serialisation. */
const SETTLE_MS = 300

/**
 * Bytes that one more waiting event keeps from the garbage collector: the difference between a third of `events` and all
 * of them, so that what the SDK allocates once does not count. The harness itself keeps no event.
 */
export async function measureHeld(sdk: OpenSdk, events: number): Promise<number> {
  const first = Math.floor(events / 3)
  const before = await heldAfter(sdk, 0, first)
  const after = await heldAfter(sdk, first, events)
  return (after - before) / (events - first)
}

async function heldAfter(sdk: OpenSdk, from: number, to: number): Promise<number> {
  for (let index = from; index < to; index++) sdk.track(benchEvent(index))
  await sleep(SETTLE_MS)
  collectGarbage()
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('bytes per event need node --expose-gc')
  void globalThis.gc()
}
