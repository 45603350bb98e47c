import type { Cell } from '../level-rules.ts'

/** The effects of the model, from the widest to the most specific. A location is the mean plus one of each. */
export const effectNames = ['model', 'taskType', 'provider', 'complexity', 'taskModel', 'cell'] as const
export type EffectName = (typeof effectNames)[number]

export const EFFECT_COUNT = effectNames.length

/** Which group of each effect a cell belongs to. */
export interface EffectLayout {
  /** Group of every cell, effect by effect. */
  readonly groupOf: readonly Int32Array[]
  /** Group by name, effect by effect; how a cell is named for an effect says `groupName`. */
  readonly groups: readonly ReadonlyMap<string, number>[]
}

/** What two cells share if they share an effect. */
export function groupName(effect: EffectName, { taskType, model, provider, complexity }: Cell): string {
  switch (effect) {
    case 'model':
      return model
    case 'taskType':
      return taskType
    case 'provider':
      return provider
    case 'complexity':
      return complexity
    case 'taskModel':
      return `${taskType}\0${model}`
    case 'cell':
      return `${taskType}\0${model}\0${provider}\0${complexity}`
  }
}

/** Numbers the groups in the order in which the cells name them. */
export function layOutEffects(cells: readonly Cell[]): EffectLayout {
  const groups = effectNames.map(() => new Map<string, number>())
  const groupOf = effectNames.map((effect, index) => {
    const known = groups[index] as Map<string, number>
    return Int32Array.from(cells, (cell) => {
      const name = groupName(effect, cell)
      const group = known.get(name) ?? known.size
      known.set(name, group)
      return group
    })
  })
  return { groupOf, groups }
}

/** The cells of a layout, in their order. */
export function cellsOf({ groups }: EffectLayout): readonly Cell[] {
  return [...(groups.at(-1) ?? new Map<string, number>()).keys()].map((name) => {
    const [taskType = '', model = '', provider = '', complexity = ''] = name.split('\0')
    return { taskType, model, provider, complexity }
  })
}
