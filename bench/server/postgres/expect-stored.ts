import { ask } from './cluster.ts'

/** Ends the benchmark where anything acknowledged is missing, or anything else is there. */
export async function expectStored(databaseUrl: string, expected: number): Promise<void> {
  const [row] = await ask(databaseUrl, 'SELECT count(*)::int AS events FROM mosaic_telemetry.events')
  if (row?.['events'] !== expected) {
    throw new Error(`the database holds ${String(row?.['events'])} events, and ${expected} were acknowledged`)
  }
}
