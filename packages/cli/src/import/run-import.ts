import { join } from 'node:path'

import {
  type Importer,
  importers,
  importLogs,
  type Ledger,
  ledgerPath,
  localDays,
  openLedger,
  repriceIfNeeded,
  sentUnit,
  summariseLedger,
  thisMachine,
  watchLogs,
} from '@mosaicstack/telemetry-importers'
import { taskNoteFiles, type TaskNotes } from '@mosaicstack/telemetry-mcp/notes'
import { resolveSetting } from '@mosaicstack/telemetry-server/config'

import { CliError } from '../cli-error.ts'
import { type Connection, findConnection } from '../connection.ts'
import { readJournal } from '../hook/journal.ts'
import { listenForInterrupt } from '../interruption.ts'
import { counted } from '../output/format.ts'
import { readDay } from '../output/read-day.ts'
import { terminal } from '../output/terminal.ts'
import { spoolDirectory } from '../spool-directory.ts'
import { copyOfLedger } from './dry-run.ts'
import { findPending, NOBODY, type RoundOptions, type RoundReport, settleTasks } from './import-round.ts'
import { agentRows, importTable, importWords } from './import-view.ts'
import { inBackground } from './in-background.ts'
import { withKnownTranscripts } from './known-transcripts.ts'
import { type LocalState, localState } from './local-state.ts'
import { whyNotTell } from './may-tell.ts'
import { takeOverPredictions } from './predicted-tasks.ts'
import { showProgress } from './progress.ts'
import { selectSources } from './select-sources.ts'

export interface ImportFlags {
  readonly since?: string
  readonly dryRun?: boolean
  readonly watch?: boolean
  readonly per: 'task' | 'session'
  readonly serverUrl?: string
  readonly dataDir?: string
  readonly spoolDir?: string
  readonly json?: boolean
  readonly background?: boolean
}

/** Everything that the flags decide. */
interface Job {
  readonly selected: readonly Importer[]
  readonly harnesses: ReadonlySet<string>
  readonly state: LocalState
  readonly sinceMs: number | undefined
  readonly flags: ImportFlags
}

export async function runImport(sources: readonly string[], flags: ImportFlags): Promise<void> {
  const machine = thisMachine()
  const state = localState(ledgerPath(machine))
  const told = readJournal(state.journal)
  const selected = selectSources(
    sources,
    importers.map((importer) => withKnownTranscripts(importer, told)),
    machine,
  )
  const days = localDays(Intl.DateTimeFormat().resolvedOptions().timeZone)
  const job: Job = {
    selected,
    harnesses: new Set(selected.map(({ harness }) => harness)),
    state,
    sinceMs: flags.since === undefined ? undefined : readDay('--since', flags.since, days, Date.now()),
    flags,
  }
  if (flags.dryRun) return dryRun(job)
  if (flags.background) return inBackground(state, async () => void (await once(job)))
  if (flags.watch) return watch(job)
  const { ledger, round } = await once(job)
  show(job, ledger, round)
}

/** Prints what would be sent, one event a line, and keeps nothing: not even what was read. */
async function dryRun(job: Job): Promise<void> {
  await using copy = await copyOfLedger(job.state.ledger)
  await using ledger = await openLedger({ path: copy.path })
  await read(job, ledger)
  takeOverPredictions(ledger, notesOf(job.flags), Date.now())
  const recipient = findRecipient(job.flags)
  const instanceId = 'reason' in recipient ? NOBODY : recipient.instanceId
  const { ready, withheld } = findPending({ ...job, ...job.flags, ledger, nowMs: Date.now }, instanceId)

  for (const { event } of ready) terminal.out(JSON.stringify(event))
  const later = withheld.not_final > 0 ? ` ${counted(withheld.not_final, 'task')} not over yet.` : ''
  terminal.err(`${counted(ready.length, 'event')} would be sent; nothing was sent or kept.${later}`)
  if ('reason' in recipient) terminal.err(`To nobody yet: ${recipient.reason}.`)
}

async function once(job: Job) {
  const ledger = await openLedger({ path: job.state.ledger })
  refuseOtherUnit(ledger, job.flags.per)
  await read(job, ledger)
  const round = await settleTasks(roundOptions(job, ledger))
  return { ledger, round }
}

async function read({ flags, selected }: Job, ledger: Ledger): Promise<void> {
  repriceIfNeeded(ledger)
  using progress = showProgress({ isWanted: flags.background !== true })
  await importLogs({ ledger, importers: selected, machine: thisMachine(), onProgress: progress.show })
}

async function watch(job: Job): Promise<void> {
  await using ledger = await openLedger({ path: job.state.ledger })
  refuseOtherUnit(ledger, job.flags.per)
  repriceIfNeeded(ledger)
  using interruption = listenForInterrupt()
  const stop = new AbortController()
  void interruption.interrupted.then(() => stop.abort())
  let settledAtMs = 0
  const settle = async (): Promise<void> => {
    settledAtMs = Date.now()
    const round = await settleTasks(roundOptions(job, ledger))
    if (round.delivery.sent > 0) terminal.err(`Sent ${counted(round.delivery.sent, 'task')}.`)
  }
  terminal.err('Watching the logs. Ctrl-C ends it.')
  await watchLogs({
    ledger,
    importers: job.selected,
    machine: thisMachine(),
    signal: stop.signal,
    onImport: settle,
    onQuiet: async () => {
      if (Date.now() - settledAtMs >= SETTLE_AGAIN_MS) await settle()
    },
  })
  show(job, ledger, await settleTasks(roundOptions(job, ledger)))
}

/** A task may be over because time has passed. */
const SETTLE_AGAIN_MS = 60_000

function roundOptions({ flags, harnesses, sinceMs, state }: Job, ledger: Ledger): RoundOptions {
  return {
    ledger,
    state,
    notes: notesOf(flags),
    spoolDir: spoolDirectory(flags),
    recipient: findRecipient(flags),
    per: flags.per,
    sinceMs,
    harnesses,
    nowMs: Date.now,
  }
}

function notesOf(flags: ImportFlags): TaskNotes {
  return taskNoteFiles(join(resolveSetting('dataDir', flags.dataDir, process.env), 'predicted-tasks'))
}

/** Logs are read and reported on also where nobody is to be told. */
function findRecipient(flags: ImportFlags): Connection | { readonly reason: string } {
  const reason = whyNotTell(process.env)
  if (reason !== undefined) return { reason }
  try {
    return findConnection(flags)
  } catch (error) {
    if (error instanceof CliError) return { reason: `${error.message}: see \`import --help\`` }
    throw error
  }
}

function refuseOtherUnit(ledger: Ledger, per: 'task' | 'session'): void {
  const unit = sentUnit(ledger)
  if (unit === undefined || unit === per) return
  throw new CliError(
    `this machine has sent one event a ${unit} so far, and one a ${per} would count the same work again`,
    {
      hint: `Leave --per at ${unit}, or name another ledger in MOSAIC_TELEMETRY_LEDGER and another instance.`,
      exitCode: 2,
    },
  )
}

function show({ flags }: Job, ledger: Ledger, round: RoundReport): void {
  const rows = agentRows(summariseLedger(ledger), round.handedOver)
  if (flags.json) {
    const { delivery, reason = null, telemetry = null, withheld } = round
    terminal.out(JSON.stringify({ agents: rows, withheld, delivery, reason, telemetry }, null, 2))
  } else if (rows.length === 0) {
    terminal.err('No logs of a coding agent were found. `mosaic-telemetry doctor` says where they would be.')
  } else terminal.out(importTable(rows))
  for (const words of importWords(rows, round)) terminal.err(words)
  if (round.delivery.refused > 0) process.exitCode = 1
}
