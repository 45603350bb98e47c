/** For tools that say what is set, kept and waiting. Node only. */
export { eventDestination, runClientSettings } from './describe-settings.ts'
export type { RunClientSettings } from './describe-settings.ts'
export { inspectSpool } from '../spool/inspect-spool.ts'
export type { SegmentKeeper, SegmentReport, SpoolReport } from '../spool/inspect-spool.ts'
