import type { NewRun } from '@mosaicstack/telemetry-client/protocol'

/** The moment at which a test's server starts. */
export const START_MS = Date.UTC(2026, 10, 21, 12)

/** A run as a client creates it; a test names the fields that matter to it. */
export function aRun(fields: Partial<NewRun> & Record<string, unknown> = {}): NewRun {
  return {
    event_id: 'event-1',
    run_id: '20261121T120000Z-scanner-0123abcd',
    agent_name: 'scanner',
    job_type: 'nightly',
    start_time: '2026-11-21T12:00:00+00:00',
    ...fields,
  }
}

/** As many runs as asked for, each a minute newer than the one before. */
export function someRuns(count: number, fields: (index: number) => Partial<NewRun> = () => ({})): NewRun[] {
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(START_MS + index * 60_000).toISOString()
    return aRun({
      event_id: `event-${index}`,
      run_id: `run-${index}`,
      created_at: at,
      start_time: at,
      ...fields(index),
    })
  })
}
