import type { Cell } from '../level-rules.ts'
import { EFFECT_COUNT, effectNames, groupName } from './effect-layout.ts'
import type { EffectLayout, EffectName } from './effect-layout.ts'
import type { FittedEffects } from './fitted-effects.ts'
import type { FittedMemory } from './forecast-fit.ts'
import { meanVariance } from './unit-weights.ts'

const MODEL = effectNames.indexOf('model')
const TASK_MODEL = effectNames.indexOf('taskModel')

/** The cell's group of every effect, -1 where none was ever reported. */
export function groupsOf(layout: EffectLayout, cell: Cell): Int32Array {
  const groups = new Int32Array(EFFECT_COUNT)
  for (let effect = 0; effect < EFFECT_COUNT; effect++) {
    const name = groupName(effectNames[effect] as EffectName, cell)
    groups[effect] = layout.groups[effect]?.get(name) ?? -1
  }
  return groups
}

/** Where a cell lies and how unsure that is. */
export interface Located {
  readonly location: number
  /** Sum of the posterior variances; of a group that is not known, the whole prior variance. */
  readonly uncertainty: number
}

export function locate(effects: FittedEffects, groups: Int32Array): Located {
  let location = effects.mean
  let uncertainty = 0
  for (let effect = 0; effect < EFFECT_COUNT; effect++) {
    const group = groups[effect] as number
    if (group < 0) {
      uncertainty += effects.prior[effect] as number
      continue
    }
    location += (effects.values[effect] as Float32Array)[group] as number
    uncertainty += (effects.variances[effect] as Float32Array)[group] as number
  }
  return { location, uncertainty }
}

/** Variance of one task's ln value around the true location of its cell. */
export function taskVariance({ noise, scales }: FittedMemory, groups: Int32Array): number {
  const model = scales.model[groups[MODEL] as number] ?? 1
  const taskModel = scales.taskModel[groups[TASK_MODEL] as number] ?? 1
  return meanVariance(noise, 1) * model * taskModel
}
