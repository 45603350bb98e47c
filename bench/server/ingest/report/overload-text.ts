import type { OverloadResult } from '../../overload/overload-result.ts'
import { table, thousands } from './table.ts'

/** What one overload has shown, as a part of the page. */
export function overloadText(result: OverloadResult): string {
  const { minutes, capacity, offered, tracked, stored, differing, lostByClients, statuses, residentMb } =
    result
  const answered = Object.entries(statuses).map(
    ([status, count]) => `${status === '0' ? 'none' : status} × ${thousands(count)}`,
  )
  const rows = [
    ['events a second the server took just before', thousands(capacity)],
    ['events a second tracked', thousands(offered)],
    ['minutes', String(minutes)],
    ['events tracked', thousands(tracked)],
    ['events stored', thousands(stored)],
    ['instances with another number stored than tracked', String(differing)],
    ['events given up by clients', String(lostByClients)],
    ['answers, by status', answered.join(', ')],
    [
      'answered 202: p50, p99',
      `${result.acceptedP50Ms.toFixed(0)} ms, ${result.acceptedP99Ms.toFixed(0)} ms`,
    ],
    ['until everything was stored afterwards', `${result.drainSeconds.toFixed(0)} s`],
    ['memory of the server over the overload, MB', residentMb.map((mb) => mb.toFixed(0)).join(' ')],
  ]
  return `${result.date}: ${result.machine}\n${thousands(result.clients)} clients; every commit made ${result.commitMs} ms slower.\n\n${table(['', ''], rows)}\n`
}
