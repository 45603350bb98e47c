import { exactSummary } from './exact-summary.ts'
import type { Level } from './level.ts'
import { LevelSums } from './level-sums.ts'
import type { LevelSummary } from './level-summary.ts'
import type { LevelWeights } from './level-weights.ts'
import { MAX_EXACT_SAMPLES } from './unit-samples.ts'
import type { UnitTable } from './unit-table.ts'

/**
 * Summarises the samples that count at a level, at once; there is at least one. Up to 1 000 of them exactly, more from
 * sketches, which costs 0.1 µs a sample and is off by at most 0.39 %.
 */
export function summarise(table: UnitTable, level: Level, weights: LevelWeights): LevelSummary {
  const units = table.unitsAt(level)
  const isExact =
    level.eventCount <= MAX_EXACT_SAMPLES &&
    units.every((unit) => table.samples.sketchesOf(unit) === undefined)
  if (isExact) return exactSummary(table, level, weights)

  const sums = new LevelSums(table, weights)
  for (const unit of units) sums.add(unit)
  return sums.summary()
}
