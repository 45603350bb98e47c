import { Counter, type Registry } from 'prom-client'

/** Why a request was turned away before its body was read, or a connection before its request. */
export const turnedAwayReasons = ['bodies_full', 'connections_full'] as const
export type TurnedAwayReason = (typeof turnedAwayReasons)[number]

/** Counts what the server turns away to stay within its limits. */
export function turnedAwayCounter(registers: Registry[]): (reason: TurnedAwayReason) => void {
  const counter = new Counter({
    name: 'mosaic_requests_turned_away_total',
    help: 'Requests turned away unread because the server is at a limit, by limit.',
    labelNames: ['reason'],
    registers,
  })
  for (const reason of turnedAwayReasons) counter.inc({ reason }, 0)
  return (reason) => counter.inc({ reason })
}
