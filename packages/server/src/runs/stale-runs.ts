import type { RunWrite } from '../storage/run-store.ts'

/**
 * The write that ends runs nobody has heard of for a while. It is a presumption: should the client speak after all, its
 * word replaces ours. A run counts as heard of whenever anything of it is written, its timeline included.
 */
export function expireStaleRuns(staleAfterMs: number, nowMs: number): RunWrite {
  return {
    kind: 'expire',
    silentSinceUs: (nowMs - staleAfterMs) * 1000,
    endTime: new Date(nowMs).toISOString(),
    errorSummary: `presumed dead by the server: nothing was heard of this run for ${describeDuration(staleAfterMs)}`,
    updatedAtUs: nowMs * 1000,
  }
}

function describeDuration(ms: number): string {
  const hours = ms / 3_600_000
  return hours >= 1 ? `${Number(hours.toFixed(1))} hours` : `${Math.round(ms / 1000)} seconds`
}
