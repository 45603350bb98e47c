import { eventId } from '../event.ts'
import { acceptAll, type Script, type Treatment } from '../mock-server/treatment.ts'
import type { Ending, FaultRow } from './fault-row.ts'

const S = 1000
const ACCEPT: Treatment = { kind: 'accept' }
const POISON: ReadonlySet<string> = new Set([eventId(499)])

/** A row without a fault; every other says how it differs. It proves that the adapter counts right. */
const calm: FaultRow = {
  name: 'calm',
  title: 'no fault',
  events: 1000,
  downMs: 0,
  script: acceptAll,
  faultMs: 0,
  ending: 'stop',
  stopsAtOnce: false,
  restarts: false,
  poison: new Set(),
  needsPartialAnswer: false,
  maxQueuedEvents: undefined,
  runsAlone: false,
}

const answers: readonly FaultRow[] = [
  calm,
  down('down-5s', 'server down 5 s', 5 * S),
  down('down-45s', 'server down 45 s', 45 * S),
  row('ten-500', 'ten 500s', 10 * S, firstRequests(10, { kind: 'refuse', status: 500 })),
  row('ten-503', 'ten 503s', 10 * S, firstRequests(10, { kind: 'refuse', status: 503 })),
  row('503-10s', '503 to everything for 10 s', 10 * S, until(10 * S, { kind: 'refuse', status: 503 })),
  row(
    '429',
    '429, Retry-After: 2, for 4 s',
    4 * S,
    until(4 * S, { kind: 'refuse', status: 429, retryAfterS: 2 }),
  ),
  row('hang', 'three requests hang for ever', 10 * S, firstRequests(3, { kind: 'hang' })),
  row('reset', 'stored, then reset, three times', 5 * S, firstRequests(3, { kind: 'commit_then_reset' })),
  row(
    'lying-503',
    'stored, then 503, three times',
    5 * S,
    firstRequests(3, { kind: 'commit_then_refuse', status: 503 }),
  ),
  { ...row('poison', '400 for one poison event', 5 * S, always('refuse_poisoned')), poison: POISON },
  {
    ...row('partial', 'one event refused, rest taken', 5 * S, always('accept_partly')),
    poison: POISON,
    needsPartialAnswer: true,
  },
  row('413', '413 above ten events', 10 * S, ({ ids }) =>
    ids.length > 10 ? { kind: 'refuse', status: 413 } : ACCEPT,
  ),
  row('401', '401 for 4 s', 4 * S, until(4 * S, { kind: 'refuse', status: 401 })),
  // Whoever expects a burst makes room for it; default queues of a thousand would measure the default.
  { ...down('burst', 'burst of 25 000, down 3 s', 3 * S), events: 25_000, maxQueuedEvents: 50_000 },
]

const deaths: readonly [Ending, string][] = [
  ['exit', 'process.exit(0)'],
  ['return', 'main returns, no stop()'],
  ['exception', 'uncaught exception'],
  ['sigterm', 'SIGTERM after 50 ms'],
  ['sigkill', 'SIGKILL after 50 ms'],
]

/** Every row, in the order of the table. */
export const faultRows: readonly FaultRow[] = [
  ...answers,
  ...deaths.map(([ending, title]) => death(ending, title)),
  ...deaths.map(([ending, title]) => deathWhileDown(ending, title)),
  { ...deathWhileDown('stop', 'stop() awaited'), stopsAtOnce: true },
]

function row(name: string, title: string, faultMs: number, script: Script): FaultRow {
  return { ...calm, name, title, faultMs, script }
}

function down(name: string, title: string, downMs: number): FaultRow {
  return { ...calm, name, title, downMs, faultMs: downMs }
}

function death(ending: Ending, title: string): FaultRow {
  return { ...calm, name: ending, title, ending, restarts: true, runsAlone: true }
}

function deathWhileDown(ending: Ending, title: string): FaultRow {
  return {
    ...calm,
    name: `down-${ending}`,
    title: `down, ${title}`,
    ending,
    downMs: Infinity,
    restarts: true,
  }
}

function firstRequests(count: number, treatment: Treatment): Script {
  return ({ nth }) => (nth <= count ? treatment : ACCEPT)
}

function until(endMs: number, treatment: Treatment): Script {
  return ({ sinceStartMs }) => (sinceStartMs < endMs ? treatment : ACCEPT)
}

function always(kind: 'refuse_poisoned' | 'accept_partly'): Script {
  return () => ({ kind, poison: POISON })
}
