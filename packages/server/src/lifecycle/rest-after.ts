/** Which part of the time some work in the background may take, 0 to 1. */
export interface ShareOfTime {
  /** Where nobody else has anything to do. */
  readonly whenIdle: number
  /** Where others would use all of it. Never 0: the work goes on, however slowly. */
  readonly whenBusy: number
}

/**
 * How long to rest after a piece of work, so that it keeps to its share. The share falls with the square of the time
 * that others leave: at half load they have use for most of the rest, or whoever comes next waits.
 *
 * @param busyness the part of the time, 0 to 1, that others used of late.
 * @returns milliseconds.
 */
export function restAfter(workMs: number, { whenIdle, whenBusy }: ShareOfTime, busyness: number): number {
  const spare = 1 - Math.min(1, Math.max(0, busyness))
  const share = whenBusy + (whenIdle - whenBusy) * spare * spare
  return workMs * (1 / share - 1)
}
