import { writeSync } from 'node:fs'
import { REPORT_FD } from './child-process.ts'

/** Tells the harness something at once: written before this returns, so it survives the process. */
export function reportToParent(report: unknown): void {
  writeSync(REPORT_FD, JSON.stringify(report) + '\n')
}
