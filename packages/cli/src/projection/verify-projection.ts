import {
  openStore,
  type RollupComparison,
  type Verification,
  verifyRollups,
  verifyUnits,
} from '@mosaicstack/telemetry-server'

import { counted } from '../output/format.ts'
import { table } from '../output/table.ts'
import { terminal } from '../output/terminal.ts'
import { findProjection, type ProjectionFlags } from './open-projection.ts'

/** Differences that are shown; all of them stand in the JSON. */
const MAX_SHOWN = 20

/** Compares the stored units and the dashboard's sums with the events; exit code 1 where they differ. */
export async function verifyProjection(flags: ProjectionFlags): Promise<void> {
  const { place, settings } = findProjection(flags)
  const store = await openStore(place)
  try {
    const verified = await verifyUnits(store, settings)
    const rollups = await verifyRollups(store)
    const isRight = verified.differences.length === 0 && rollups.differences === 0
    if (!isRight) process.exitCode = 1
    if (flags.json) return terminal.out(JSON.stringify({ ...verified, rollups }, null, 2))
    showUnits(verified)
    showRollups(rollups)
    if (isRight) return
    const mustStop = place.databaseUrl === null
    terminal.err(`${mustStop ? 'Stop the server and run' : 'Run'}: mosaic-telemetry predictions rebuild`)
  } finally {
    await store.close()
  }
}

function showRollups({ rows, position, differences }: RollupComparison): void {
  const extent = `${counted(rows, 'row')} of the dashboard up to position ${position}`
  terminal.out(
    `${extent}: ${differences === 0 ? 'the same' : `${differences} missing, surplus or different`}`,
  )
}

function showUnits({ units, events, position, differences }: Verification): void {
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
}

function dayOf(day: number): string {
  return new Date(day * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
}
