import type { Observation } from '@mosaicstack/telemetry-server/backtest'

import { Units } from './scale-internals.ts'
import { bytesInUse, checkpoint } from './scale-measure.ts'
import { DAY_MS, forEachObservation, NOW_MS, WINDOW_DAYS } from './scale-population.ts'

/**
 * What units take: as many units as asked for, of as many events each. `node --expose-gc memory-child.js 200000 2`
 * prints bytes a unit; with a third argument every unit is of a model of its own, which so many instances must report.
 */

const [unitCount, eventsEach, minModelInstances] = process.argv.slice(2).map(Number)
const before = bytesInUse()
const units = new Units({ windowMs: WINDOW_DAYS * DAY_MS, minModelInstances: minModelInstances ?? 1 })
units.expire(NOW_MS)

let number = 0
forEachObservation(unitCount ?? 0, (observation) => {
  const unit =
    minModelInstances === undefined
      ? ofItsOwnUnit(observation)
      : { ...observation, model: `invented-${number}` }
  number++
  for (let event = 0; event < (eventsEach ?? 1); event++)
    units.fold({ ...unit, receivedAtMs: unit.receivedAtMs + event, inputTokens: unit.inputTokens + event })
  if (number % 50_000 === 0) checkpoint(units)
})
checkpoint(units)
process.stdout.write(JSON.stringify({ units: units.table.size, bytes: bytesInUse() - before }))

/** An instance and a time that no other event has in its cell, in the last two weeks, when days are kept. */
function ofItsOwnUnit(observation: Observation): Observation {
  const instanceId = `00000000-0000-4000-8000-${String(number % 4000).padStart(12, '0')}`
  const daysAgo = Math.floor(number / 4000) % 13
  return { ...observation, instanceId, receivedAtMs: NOW_MS - daysAgo * DAY_MS - 1_000_000 }
}
