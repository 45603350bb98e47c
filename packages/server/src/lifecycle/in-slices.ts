import { setTimeout as sleep } from 'node:timers/promises'

import { restAfter, type ShareOfTime } from './rest-after.ts'

/** How long others wait for one slice at most. */
const SLICE_MS = 2
/** How long a stop may have to wait. */
const TURN_MS = 1000
const SHARE: ShareOfTime = { whenIdle: 0.2, whenBusy: 0.03 }

/** Long work that goes on from where it was, asks every so often whether its time is spent, and says whether it is done. */
export type SlicedWork = (isSpent: () => boolean) => boolean

/** Does long work to its end in slices, between which everything else goes on. */
export type Slices = (work: SlicedWork) => Promise<void>

export interface SliceOptions {
  /** Of the main thread. */
  readonly share?: ShareOfTime
  /** After so long it returns, done or not: whoever repeats it goes on. */
  readonly turnMs?: number
  readonly thread?: SlicedThread
}

/** What slices ask of the thread they run in. */
export interface SlicedThread {
  /** Milliseconds since any moment. */
  nowMs(): number
  /** Milliseconds in which the thread had something to do, since any moment. */
  activeMs(): number
  sleep(ms: number): Promise<unknown>
}

/** Does a piece of long work on the main thread, in slices; it rests between them the longer the busier the thread is. */
export async function inSlices(work: SlicedWork, options: SliceOptions = {}): Promise<void> {
  const { share = SHARE, turnMs = TURN_MS, thread = thisThread } = options
  const turnEndsMs = thread.nowMs() + turnMs
  let busyness = 0
  do {
    const startedMs = thread.nowMs()
    if (work(() => thread.nowMs() >= startedMs + SLICE_MS)) return
    const restsFromMs = thread.nowMs()
    const activeMs = thread.activeMs()
    await thread.sleep(restAfter(restsFromMs - startedMs, share, busyness))
    busyness = (thread.activeMs() - activeMs) / (thread.nowMs() - restsFromMs)
  } while (thread.nowMs() < turnEndsMs)
}

const thisThread: SlicedThread = {
  nowMs: () => performance.now(),
  activeMs: () => performance.eventLoopUtilization().active,
  sleep,
}
