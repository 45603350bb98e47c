import { eventDestination, inspectSpool, runClientSettings } from '@mosaicstack/telemetry-client/diagnostics'
import {
  credentialsFile,
  databaseFile,
  readLocalCredentials,
  resolveSetting,
} from '@mosaicstack/telemetry-server/config'
import type { Command } from 'commander'
import { existsSync } from 'node:fs'

import { CliError } from '../cli-error.ts'
import { type Connection, findConnection } from '../connection.ts'
import { examineBuffer } from '../doctor/examine-buffer.ts'
import { examineRuntime } from '../doctor/examine-runtime.ts'
import { examineKey, examineRunToken, examineServer } from '../doctor/examine-server.ts'
import { broken, type Finding, note, ok } from '../doctor/finding.ts'
import { counted } from '../output/format.ts'
import { knownSpoolDirectory } from '../spool-directory.ts'
import { terminal } from '../output/terminal.ts'
import { withExample } from './with-example.ts'

interface Flags {
  readonly dataDir?: string
  readonly json?: boolean
}

export function addDoctor(program: Command): void {
  const doctor = program.command('doctor').description('say what is set, found, reachable and broken')
  withExample(doctor, 'mosaic-telemetry doctor')
  doctor
    .option('--data-dir <directory>', 'directory of the local server')
    .option('--json', 'print JSON')
    .action(examine)
}

async function examine(flags: Flags): Promise<void> {
  // Loaded here: no other command has to wait for it.
  const { examineLogs } = await import('../doctor/examine-logs.ts')
  const findings = [
    ...(await examineRuntime()),
    examineData(flags),
    ...(await examineEvents(flags)),
    ...(await examineRuns()),
    ...examineLogs(),
  ]
  if (flags.json) terminal.out(JSON.stringify(findings, null, 2))
  else print(findings)
  if (findings.some(({ state }) => state === 'broken')) process.exitCode = 1
}

function examineData(flags: Flags): Finding {
  const dataDir = resolveSetting('dataDir', flags.dataDir, process.env)
  const file = databaseFile(dataDir)
  return existsSync(file) ? ok('local store', file) : note('local store', `${file}, not made yet`)
}

async function examineEvents(flags: Flags): Promise<readonly Finding[]> {
  const connection = connectionOrFinding(flags)
  const spoolDir = knownSpoolDirectory(flags)
  const isKnown = 'serverUrl' in connection
  const destination = isKnown ? eventDestination(connection.serverUrl, connection.instanceId) : ''
  return [
    ...(isKnown ? await examineConnection(connection, flags) : [connection]),
    ...(spoolDir === undefined
      ? [note('events spool', 'none: a crash loses events that wait', 'Set MOSAIC_TELEMETRY_SPOOL_DIR.')]
      : examineBuffer('events spool', spoolDir, destination)),
  ]
}

async function examineConnection(connection: Connection, flags: Flags): Promise<readonly Finding[]> {
  const { findings, isThere } = await examineServer('events server', connection.serverUrl)
  return [
    ok('events instance', `${connection.instanceId}, ${sourceOf(flags)}`),
    ...findings,
    ...(isThere ? [await examineKey(connection.serverUrl, connection.apiKey)] : []),
  ]
}

async function examineRuns(): Promise<readonly Finding[]> {
  const { apiKey, bufferDir, destination, ndjsonDir, problems, serverUrl } = runClientSettings()
  const { findings, isThere } = await examineServer('runs server', serverUrl)
  return [
    ...problems.map((problem) => broken('runs settings', problem, 'Correct the variable, or unset it.')),
    ...findings,
    ...(isThere ? [await examineRunToken(serverUrl, apiKey)] : []),
    ...examineBuffer('runs buffer', bufferDir, destination),
    inspectSpool(ndjsonDir).isWritable
      ? ok('runs NDJSON', ndjsonDir)
      : broken(
          'runs NDJSON',
          `${ndjsonDir} cannot be written`,
          'Correct its permissions, or set TELEMETRY_NDJSON_DIR.',
        ),
  ]
}

function connectionOrFinding(flags: Flags): Connection | Finding {
  try {
    return findConnection(flags)
  } catch (error) {
    if (error instanceof CliError) return broken('events server', error.message, error.hint)
    throw error
  }
}

function sourceOf(flags: Flags): string {
  if (process.env['MOSAIC_TELEMETRY_INSTANCE_ID'] !== undefined) return 'from MOSAIC_TELEMETRY_INSTANCE_ID'
  const dataDir = resolveSetting('dataDir', flags.dataDir, process.env)
  return readLocalCredentials(dataDir) === undefined
    ? 'from the environment'
    : `from ${credentialsFile(dataDir)}`
}

function print(findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ what }) => what.length))
  for (const { detail, fix, state, what } of findings) {
    const words = state === 'broken' ? terminal.bold(state) : state.padEnd('broken'.length)
    terminal.out(`${words}  ${what.padEnd(width)}  ${detail}`)
    if (fix !== null) terminal.out(`${' '.repeat('broken'.length + width + 4)}→ ${fix}`)
  }
  const bad = findings.filter(({ state }) => state === 'broken').length
  terminal.err(bad === 0 ? 'Everything works.' : `${counted(bad, 'thing')} broken.`)
}
