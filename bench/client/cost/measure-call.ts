import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenSdk } from '../adapters/adapter.ts'
import { benchEvent } from '../event.ts'
import { quantile } from '../report/quantile.ts'

const WARM_UP_CALLS = 2000
const CALLS_PER_BURST = 100

/** Between bursts, so that the SDK's own sending happens where it belongs: not in the caller's turn. */
const BETWEEN_BURSTS_MS = 5

/** Microseconds one `track()` keeps its caller, over `calls` calls in bursts of a hundred with the server up. */
export async function measureCall(sdk: OpenSdk, calls: number) {
  const tookUs = new Float64Array(calls)
  for (let first = -WARM_UP_CALLS; first < calls; first += CALLS_PER_BURST) {
    const events = Array.from({ length: CALLS_PER_BURST }, (_, i) => benchEvent(first + WARM_UP_CALLS + i))
    for (const [i, event] of events.entries()) {
      const startedAtMs = performance.now()
      sdk.track(event)
      const endedAtMs = performance.now()
      if (first >= 0) tookUs[first + i] = (endedAtMs - startedAtMs) * 1000
    }
    await sleep(BETWEEN_BURSTS_MS)
  }
  return { medianUs: quantile(tookUs, 0.5), p999Us: quantile(tookUs, 0.999), timerUs: timerUs() }
}

/** What reading the clock twice adds to every figure above. */
function timerUs(): number {
  const tookUs = Float64Array.from({ length: 10_000 }, () => {
    const startedAtMs = performance.now()
    return (performance.now() - startedAtMs) * 1000
  })
  return quantile(tookUs, 0.5)
}
