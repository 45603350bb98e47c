import { openStore, type StorePlace } from '@mosaicstack/telemetry-server'
import { databaseFile } from '@mosaicstack/telemetry-server/config'
import {
  compactSqlite,
  countPrunable,
  neededSinceMs,
  prune,
  type PruneCounts,
  type PruneWish,
} from '@mosaicstack/telemetry-server/operations'

import { CliError } from '../cli-error.ts'
import { counted } from '../output/format.ts'
import { openProgress } from '../output/progress.ts'
import { terminal } from '../output/terminal.ts'
import { findProjection, type ProjectionFlags } from '../projection/open-projection.ts'
import { megabytes } from './megabytes.ts'

const DAY_MS = 24 * 60 * 60 * 1000

export interface PruneFlags extends ProjectionFlags {
  readonly olderThan?: string
  readonly runsOlderThan?: string
  readonly dryRun?: boolean
  readonly force?: boolean
  readonly compact?: boolean
}

/** Deletes what is old from a store, beside the servers that may be running on it. */
export async function pruneStore(flags: PruneFlags): Promise<void> {
  const { place, settings } = findProjection(flags)
  const wish = readWish(flags, settings.nowMs)
  refuseForPredictions(flags, wish, settings)
  if (flags.compact && place.databaseUrl !== null) throw noCompacting()

  const counts = await pruneOpened(place, flags, wish)
  const compacted =
    flags.compact && !flags.dryRun ? await compactSqlite(databaseFile(place.dataDir)) : undefined
  if (flags.json) {
    const room =
      compacted === undefined
        ? {}
        : { before_bytes: compacted.beforeBytes, after_bytes: compacted.afterBytes }
    return terminal.out(JSON.stringify({ dry_run: flags.dryRun === true, ...counts, ...room }, null, 2))
  }
  terminal.out(`${flags.dryRun ? 'would delete' : 'deleted'} ${describe(counts)}`)
  if (compacted !== undefined)
    terminal.out(
      `the file went from ${megabytes(compacted.beforeBytes)} to ${megabytes(compacted.afterBytes)}`,
    )
  if (flags.force && !flags.dryRun && wish.events !== undefined)
    terminal.err('Predictions still count deleted events until: mosaic-telemetry predictions rebuild')
}

async function pruneOpened(place: StorePlace, flags: PruneFlags, wish: PruneWish): Promise<PruneCounts> {
  const store = await openStore(place)
  try {
    if (flags.dryRun) return await countPrunable(store, wish)
    using progress = openProgress()
    return await prune(store, wish, {
      onProgress: (deleted) => progress.show(`deleted ${describe(deleted)}`),
    })
  } finally {
    await store.close()
  }
}

function readWish(flags: PruneFlags, nowMs: number): PruneWish {
  const before = (flag: string, text: string | undefined) => {
    if (text === undefined) return undefined
    const days = /^(\d{1,5})d?$/.exec(text)?.[1]
    if (days !== undefined && Number(days) > 0) return nowMs - Number(days) * DAY_MS
    throw new CliError(`${flag}: ${JSON.stringify(text)} is no number of days`, {
      hint: 'Write it like 180d.',
      exitCode: 2,
    })
  }
  const events = before('--older-than', flags.olderThan)
  const runs = before('--runs-older-than', flags.runsOlderThan)
  if (events !== undefined || runs !== undefined || flags.compact) return { events, otlp: events, runs }
  throw new CliError('prune needs to know what is old', {
    hint: 'Add --older-than 180d for events, --runs-older-than 30d for agent runs, or both.',
    exitCode: 2,
  })
}

function refuseForPredictions(
  { force, olderThan }: PruneFlags,
  { events }: PruneWish,
  { windowMs, nowMs }: { readonly windowMs: number; readonly nowMs: number },
): void {
  const windowDays = windowMs / DAY_MS
  if (force || events === undefined || events <= neededSinceMs(windowDays, nowMs)) return
  throw new CliError(
    `--older-than ${olderThan} would delete events that predictions of ${windowDays} days are made of or checked against`,
    {
      hint: `Keep ${windowDays + 7}d or more, or add --force and make predictions anew with: mosaic-telemetry predictions rebuild`,
      exitCode: 2,
    },
  )
}

function noCompacting(): CliError {
  return new CliError('--compact is for the SQLite file', {
    hint: 'PostgreSQL gives the room to new events by itself; to shrink its files, see VACUUM FULL.',
    exitCode: 2,
  })
}

function describe({ events, runs, otlp }: PruneCounts): string {
  return `${counted(events, 'event')}, ${counted(runs, 'run')}, ${counted(otlp, 'OpenTelemetry record')}`
}
