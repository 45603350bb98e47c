import { setTimeout as sleep } from 'node:timers/promises'

/** How long others wait for one slice at most. */
const SLICE_MS = 2
/** What others get between two slices: the work takes a fifth of a processor. */
const REST_MS = 8
/** How long a stop may have to wait. */
const TURN_MS = 1000

/**
 * Does a piece of long work on the main thread, in slices between which everything else goes on.
 *
 * @param work goes on from where it was, asks every so often whether its time is spent, and says whether it is done.
 * @returns when it is done, or after a second: whoever repeats this goes on.
 */
export async function inSlices(work: (isSpent: () => boolean) => boolean): Promise<void> {
  const turnEndsMs = performance.now() + TURN_MS
  while (performance.now() < turnEndsMs) {
    const sliceEndsMs = performance.now() + SLICE_MS
    if (work(() => performance.now() >= sliceEndsMs)) return
    await sleep(REST_MS)
  }
}
