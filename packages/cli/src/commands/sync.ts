import { TelemetryClient } from '@mosaicstack/telemetry-client'
import { eventDestination, inspectSpool, runClientSettings } from '@mosaicstack/telemetry-client/diagnostics'
import { RunClient } from '@mosaicstack/telemetry-client/runs'
import type { Command } from 'commander'

import { CliError } from '../cli-error.ts'
import { type Connection, findConnection } from '../connection.ts'
import { counted } from '../output/format.ts'
import { table } from '../output/table.ts'
import { terminal } from '../output/terminal.ts'
import { describeKept, type Kept, keptIn } from '../buffers/kept.ts'
import { knownSpoolDirectory } from '../spool-directory.ts'
import { withExample } from './with-example.ts'

interface Flags {
  readonly bufferDir?: string
  readonly spoolDir?: string
  readonly serverUrl?: string
  readonly dataDir?: string
  readonly json?: boolean
}

/** What was done with one directory. */
interface Delivered {
  readonly what: 'runs' | 'events'
  readonly directory: string
  /** Null where none is known. */
  readonly server_url: string | null
  readonly delivered: number
  readonly refused: number
  /** Why some still wait, null where none do. */
  readonly cause: string | null
  readonly kept: Kept
}

export function addSync(program: Command): void {
  const sync = program.command('sync').description('deliver what is buffered on this machine')
  withExample(sync, 'mosaic-telemetry sync', 'mosaic-telemetry sync --buffer-dir ./telemetry_buffer')
  sync
    .option('--buffer-dir <directory>', 'where runs wait [TELEMETRY_BUFFER_DIR]')
    .option('--spool-dir <directory>', 'where events wait [MOSAIC_TELEMETRY_SPOOL_DIR]')
    .option('--server-url <url>', 'deliver to that server; what waits for another\none stays')
    .option('--data-dir <directory>', 'directory of the local server, where its key is\nkept')
    .option('--json', 'print JSON')
    .action(deliver)
}

async function deliver(flags: Flags): Promise<void> {
  const spoolDir = knownSpoolDirectory(flags)
  const done = [await deliverRuns(flags)]
  if (spoolDir !== undefined) done.push(await deliverEvents(flags, spoolDir))

  if (flags.json) terminal.out(JSON.stringify(done, null, 2))
  else print(done)
  if (done.some(({ cause, refused }) => cause !== null || refused > 0)) process.exitCode = 1
}

async function deliverRuns(flags: Flags): Promise<Delivered> {
  const config = { serverUrl: flags.serverUrl, bufferDir: flags.bufferDir, enabled: true }
  const { bufferDir, destination, serverUrl } = runClientSettings(config)
  const client = new RunClient({ ...config, logger: {} })
  const { cause, delivered, refused } = await client.sync()
  await client.close({ timeoutMs: 0 })
  const kept = keptIn(inspectSpool(bufferDir), destination)
  return { what: 'runs', directory: bufferDir, server_url: serverUrl, delivered, refused, cause, kept }
}

async function deliverEvents(flags: Flags, spoolDir: string): Promise<Delivered> {
  const connection = connectionOrReason(flags)
  if (typeof connection === 'string') {
    const report = inspectSpool(spoolDir)
    const nothing = { delivered: 0, refused: 0, server_url: null }
    return {
      what: 'events',
      directory: report.directory,
      ...nothing,
      cause: connection,
      kept: keptIn(report, ''),
    }
  }
  let cause: string | null = null
  const client = new TelemetryClient({
    ...connection,
    enabled: true,
    spoolDir,
    onError: ({ message }) => (cause ??= message),
  })
  client.start()
  await client.flush()
  await client.stop({ timeoutMs: 0 })
  const { delivered, rejected: refused } = client.stats
  const report = inspectSpool(spoolDir)
  const kept = keptIn(report, eventDestination(connection.serverUrl, connection.instanceId))
  return {
    what: 'events',
    directory: report.directory,
    server_url: connection.serverUrl,
    delivered,
    refused,
    cause,
    kept,
  }
}

/** What waits in the other directory is delivered all the same. */
function connectionOrReason(flags: Flags): Connection | string {
  try {
    return findConnection(flags)
  } catch (error) {
    if (error instanceof CliError) return `${error.message}. ${error.hint}`
    throw error
  }
}

function print(done: readonly Delivered[]): void {
  terminal.out(
    table<Delivered>(
      [
        { title: '', value: ({ what }) => what },
        { title: 'DELIVERED', align: 'right', value: ({ delivered }) => String(delivered) },
        { title: 'REFUSED', align: 'right', value: ({ refused }) => String(refused) },
        { title: 'WAITING', align: 'right', value: ({ kept }) => String(kept.waiting) },
        { title: 'DIRECTORY', value: ({ directory }) => directory },
      ],
      done,
    ),
  )
  for (const { cause, directory, kept, refused, what } of done) {
    if (cause !== null) terminal.err(`${what}: ${cause}`)
    if (refused > 0)
      terminal.err(`${what}: ${counted(refused, 'record')} refused, kept in ${directory}/dead-letter.ndjson`)
    for (const line of describeKept(kept)) terminal.err(`${what}: ${line}`)
  }
}
