export { defineImporter } from './importer.ts'
export type {
  DatabaseFormat,
  DocumentFormat,
  Importer,
  JsonRecord,
  JsonValue,
  LinesFormat,
  LineParser,
  LogDatabase,
  LogFormat,
  LogPlace,
  Machine,
  ReadContext,
} from './importer.ts'
export { MISSING_PARTS, OVERHEAD } from './log-facts.ts'
export type { Ending, LogFact, MissingPart, ModelRequest, RequestRole, TaskRef } from './log-facts.ts'
export { READING_ISSUES } from './reading-issues.ts'
export type { ReadingIssue } from './reading-issues.ts'
export { allInput } from './tokens.ts'
export type { TokenCounts } from './tokens.ts'

export { importers } from './importers.ts'
export { claudeCode } from './claude-code/claude-code.ts'
export { codex } from './codex/codex.ts'
export { thisMachine } from './machine.ts'

export { openLedger } from './ledger/ledger.ts'
export type { Ledger, LedgerOptions } from './ledger/ledger.ts'
export { ledgerPath } from './ledger/ledger-path.ts'
export { mergeOtlp } from './ledger/merge-otlp.ts'
export type { MergeReport } from './ledger/merge-otlp.ts'
export { repriceIfNeeded, repriceRequests } from './ledger/reprice.ts'
export type { RequestSource } from './ledger/request-rows.ts'
export { ImporterError } from './importer-error.ts'
export type { ImporterErrorCode } from './importer-error.ts'

export { importLogs } from './import/import-logs.ts'
export type { ImportOptions, ImportProgress, ImportReport } from './import/import-logs.ts'
export { watchLogs } from './import/watch-logs.ts'
export type { WatchOptions } from './import/watch-logs.ts'
export { findLogs } from './import/find-logs.ts'
export type { FoundLog } from './import/find-logs.ts'

export { readNote, writeNote } from './ledger/ledger-notes.ts'
export { latestModel, listRequests, sessionIds } from './reports/list-requests.ts'
export type { RequestQuery, RequestRecord } from './reports/list-requests.ts'
export { findTask, listTasks } from './reports/list-tasks.ts'
export type { TaskQuery } from './reports/list-tasks.ts'
export { spend, SPEND_DIMENSIONS } from './reports/spend.ts'
export type { SpendDimension, SpendGroup, SpendQuery } from './reports/spend.ts'
export type { TaskOutcomes } from './reports/task-outcomes.ts'
export { localDays } from './reports/local-days.ts'
export type { LocalDays } from './reports/local-days.ts'
export { summariseLedger } from './reports/ledger-summary.ts'
export type { HarnessSummary } from './reports/ledger-summary.ts'
export { knownCost } from './tasks/task-record.ts'
export type { Completeness, ModelShare, TaskCost, TaskRecord } from './tasks/task-record.ts'

export { deliverEvents } from './events/deliver-events.ts'
export type { DeliveryOptions, DeliveryReport, EventSink } from './events/deliver-events.ts'
export { estimateFor, rememberEstimate } from './events/estimates.ts'
export type { Estimate } from './events/estimates.ts'
export { markSent, pendingEvents, sentSummary, sentUnit } from './events/pending-events.ts'
export type {
  PendingEvents,
  PendingOptions,
  ReadyEvent,
  SentSummary,
  WithheldReason,
} from './events/pending-events.ts'

export { bundledPrices } from './pricing/price-table.ts'
export type { PricedRequest, PriceTable } from './pricing/price-table.ts'
export { version } from './version.ts'
