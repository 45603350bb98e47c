import { inspectSpool, type SpoolReport } from '@mosaicstack/telemetry-client/diagnostics'

import { describeKept, keptIn } from '../buffers/kept.ts'
import { counted, moment } from '../output/format.ts'
import { broken, type Finding, note, ok } from './finding.ts'

/** What waits in a directory, what was refused, and whether more can be kept there. */
export function examineBuffer(what: string, directory: string, destination: string): readonly Finding[] {
  const report = inspectSpool(directory)
  return [
    examineDirectory(what, report),
    ...examineWaiting(what, report, destination),
    ...examineDeadLetters(what, report),
  ]
}

function examineDirectory(what: string, { directory, exists, isWritable }: SpoolReport): Finding {
  if (!isWritable) {
    const fix = 'Correct its permissions, or name another directory. Until then a crash loses what waits.'
    return broken(what, `${directory} cannot be written`, fix)
  }
  return ok(what, exists ? directory : `${directory}, to be made when it is needed`)
}

function examineWaiting(what: string, report: SpoolReport, destination: string): readonly Finding[] {
  const kept = keptIn(report, destination)
  if (kept.waiting === 0) return []
  const since = kept.oldest_at === null ? '' : `, the oldest since ${moment(kept.oldest_at)} (UTC)`
  const detail = [`${counted(kept.waiting, 'record')} waiting${since}`, ...describeKept(kept)].join('; ')
  const isOurs = kept.waiting > kept.with_processes + kept.for_others
  return [note(`${what} waiting`, detail, isOurs ? 'Deliver them with `mosaic-telemetry sync`.' : null)]
}

function examineDeadLetters(
  what: string,
  { deadLetters, directory, lastReason }: SpoolReport,
): readonly Finding[] {
  if (deadLetters === 0) return []
  const reason = lastReason === undefined ? '' : `, the last one because: ${lastReason}`
  const fix = `Look at ${directory}/dead-letter.ndjson; remove it when you have seen enough.`
  return [note(`${what} refused`, `${counted(deadLetters, 'record')} refused by the server${reason}`, fix)]
}
