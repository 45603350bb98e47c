/**
 * What whoever runs a server does with its store: delete what is old, back up, restore, export, move. Without HTTP.
 */
export { countPrunable, prune } from './prune.ts'
export type { PruneCounts, PruneOptions, PruneWish } from './prune.ts'
export { neededSinceMs } from './retention.ts'
export { compactSqlite } from './compact-sqlite.ts'
export type { Compacted } from './compact-sqlite.ts'
export { backUpSqlite } from './back-up-sqlite.ts'
export type { BackupProgress } from './back-up-sqlite.ts'
export { restoreSqlite } from './restore-sqlite.ts'
export type { Restored } from './restore-sqlite.ts'
export type { ExportSink, ExportSpan, ExportTable } from './export/export-row.ts'
export { exportedEvents } from './export/exported-events.ts'
export { exportedRuns } from './export/exported-runs.ts'
export { writingFile } from './export/file-sink.ts'
export { writeParquet } from './export/write-parquet.ts'
export { writeCsv, writeNdjson } from './export/write-text.ts'
