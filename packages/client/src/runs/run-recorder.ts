import { host } from '#platform'
import { runPlatform } from '#run-platform'

import { type Clock, systemClock } from '../delivery/clock.ts'
import { fetchJsonHttp, type JsonHttp } from '../delivery/json-http.ts'
import { Ledger } from '../delivery/ledger.ts'
import type { Json, NewRun, RunChanges, RunStatus } from '../protocol/index.ts'
import { uuidV7Generator } from '../protocol/uuid-v7.ts'
import { VERSION } from '../version.ts'
import { ActiveRun } from './active-run.ts'
import type { RunSettings } from './run-config.ts'
import type { RunLog } from './run-log.ts'
import { RunOutbox } from './run-outbox.ts'
import type { Journal, RecentRuns } from './run-platform.ts'
import type { Commit, RunIdentity } from './run-write.ts'
import { sheetsExport } from './sheets-export.ts'

export interface NewRunFacts {
  readonly runId: string
  readonly agentName: string
  readonly jobType: string
  readonly fields: RunChanges
}

/** Brings each write everywhere it belongs: the day's file, the outbox, the file of recent runs, the spreadsheet. */
export class RunRecorder {
  readonly ledger = new Ledger()
  readonly outbox: RunOutbox
  readonly http: JsonHttp
  /** Absent where there is no disk, and so is the next one. */
  readonly journal: Journal | undefined
  readonly #recentRuns: RecentRuns | undefined
  readonly #settings: RunSettings
  readonly #clock: Clock = systemClock
  readonly #newEventId = uuidV7Generator(host.fillRandom, systemClock.now)
  readonly #exportToSheets: (run: NewRun) => void

  constructor(settings: RunSettings, log: RunLog) {
    const clock = this.#clock
    this.#settings = settings
    this.http = fetchJsonHttp({
      ...settings,
      userAgent: `mosaicstack-telemetry-js/${VERSION}`,
      clock,
      gzip: host.gzip,
    })
    this.outbox = new RunOutbox({ settings, host, clock, ledger: this.ledger, log, http: this.http })
    this.journal = runPlatform?.openJournal({
      directory: settings.ndjsonDir || runPlatform.defaultNdjsonDir(),
      clock,
      onFailure: (reason) =>
        log.warn(`NDJSON write failed: ${reason}. The server gets everything all the same.`),
    })
    this.#recentRuns = runPlatform?.openRecentRuns(settings.bufferDir)
    const { fetch, sheets } = settings
    this.#exportToSheets =
      sheets === undefined
        ? () => {}
        : sheetsExport({ config: sheets, fetch, clock, debug: (message) => log.debug(message) })
  }

  start({ agentName, fields, jobType, runId }: NewRunFacts): ActiveRun {
    const startMs = this.#clock.now()
    const identity: RunIdentity = {
      event_id: this.#newEventId(),
      run_id: runId,
      agent_name: agentName,
      job_type: jobType,
      start_time: new Date(startMs).toISOString(),
    }
    const run = new ActiveRun(identity, startMs, { ...this.#facts(), ...fields })
    this.#recentRuns?.note(identity)
    this.#writeRun(run.started())
    return run
  }

  end(run: ActiveRun, status: RunStatus): void {
    const ended = run.ended(status, this.#clock.now())
    this.#writeRun(ended)
    this.#exportToSheets(ended)
  }

  commit(run: RunIdentity, commit: Commit): void {
    const { event_id, run_id } = run
    this.journal?.append({ record_type: 'commit', event_id, run_id, ...commit })
    this.outbox.add({ kind: 'commit', run, commit })
  }

  /** Without a known run the event stands in the day's file alone. */
  event(runId: string, run: RunIdentity | undefined, eventType: string, payload: Json | undefined): void {
    const event = {
      event_id: this.#newEventId(),
      event_type: eventType,
      timestamp: new Date(this.#clock.now()).toISOString(),
      ...(payload !== undefined && { payload }),
    }
    this.journal?.append({ record_type: 'event', run_id: runId, ...event })
    if (run !== undefined && this.#settings.sendTimeline) this.outbox.add({ kind: 'timeline', run, event })
  }

  /** A run of any process on this buffer, if it is not too long ago. */
  findRecent(runId: string): RunIdentity | undefined {
    return this.#recentRuns?.find(runId)
  }

  /** What is filled in where the caller says nothing. */
  #facts(): RunChanges {
    const { agentOwner } = this.#settings
    return {
      ...(agentOwner !== '' && { agent_owner: agentOwner }),
      ...(runPlatform !== undefined && { host: runPlatform.hostName, ...runPlatform.gitFacts() }),
    }
  }

  #writeRun(run: NewRun): void {
    this.journal?.append({ record_type: 'run', ...run })
    this.outbox.add({ kind: 'run', run })
  }
}
