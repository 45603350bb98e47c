import { openStore, verifyUnits, type Verification } from '@mosaicstack/telemetry-server'

import { counted } from '../output/format.ts'
import { table } from '../output/table.ts'
import { terminal } from '../output/terminal.ts'
import { findProjection, type ProjectionFlags } from './open-projection.ts'

/** Differences that are shown; all of them stand in the JSON. */
const MAX_SHOWN = 20

/** Compares the stored units with the events; exit code 1 where they differ. */
export async function verifyProjection(flags: ProjectionFlags): Promise<void> {
  const { place, settings } = findProjection(flags)
  const store = await openStore(place)
  try {
    const verified = await verifyUnits(store, settings)
    if (verified.differences.length > 0) process.exitCode = 1
    if (flags.json) return terminal.out(JSON.stringify(verified, null, 2))
    show(verified, place.databaseUrl === null)
  } finally {
    await store.close()
  }
}

function show({ units, events, position, differences }: Verification, mustStop: boolean): void {
  const extent = `${counted(units, 'unit')} of ${counted(events, 'event')} up to position ${position}`
  if (differences.length === 0) return terminal.out(`${extent}: the same, byte for byte`)

  terminal.out(`${extent}: ${differences.length} differ`)
  terminal.out(
    table(
      [
        { title: 'STORED UNIT', value: ({ kind }) => kind },
        { title: 'DAY (UTC)', value: ({ unit }) => dayOf(unit.day) },
        { title: 'INSTANCE', value: ({ unit }) => unit.instanceId },
        { title: 'TASK', value: ({ unit }) => `${unit.taskType} ${unit.complexity}` },
        { title: 'MODEL', value: ({ unit }) => `${unit.model} ${unit.provider}` },
      ],
      differences.slice(0, MAX_SHOWN),
    ),
  )
  if (differences.length > MAX_SHOWN)
    terminal.err(`… and ${differences.length - MAX_SHOWN} more; --json lists them all.`)
  terminal.err(`${mustStop ? 'Stop the server and run' : 'Run'}: mosaic-telemetry predictions rebuild`)
}

function dayOf(day: number): string {
  return new Date(day * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
}
