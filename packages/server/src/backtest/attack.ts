import type { BacktestEvent } from './run-backtest.ts'
import { SeededRandom } from './seeded-random.ts'

export interface AttackSettings {
  readonly seed: number
  /** How many instances attack together. */
  readonly instances: number
  /** Part of all events that are theirs, below 1. */
  readonly share: number
  /** What they multiply every honest value by. */
  readonly factor: number
  /** Part of the honest events before they begin, 0 to 1. */
  readonly from?: number
}

/** The honest stream with attackers in every cell: each of their tasks copies an honest one, its values multiplied. */
export function withAttack(
  honest: readonly BacktestEvent[],
  settings: AttackSettings,
): readonly BacktestEvent[] {
  const random = new SeededRandom(settings.seed)
  const begins = Math.floor(honest.length * (settings.from ?? 0))
  const perHonest = settings.share / (1 - settings.share)
  let owed = 0
  return honest.flatMap((event, index) => {
    if (index < begins) return [event]
    owed += perHonest
    const count = Math.floor(owed)
    owed -= count
    return [event, ...Array.from({ length: count }, () => forge(honest, event.day, settings, random))]
  })
}

function forge(
  honest: readonly BacktestEvent[],
  day: number,
  { instances, factor }: AttackSettings,
  random: SeededRandom,
): BacktestEvent {
  const copied = honest[random.below(honest.length)] as BacktestEvent
  return {
    ...copied,
    day,
    instanceId: `ffffffff-0000-4000-8000-${String(random.below(instances)).padStart(12, '0')}`,
    values: Array.from(copied.values, (value) => value * factor),
    isAttack: true,
  }
}
