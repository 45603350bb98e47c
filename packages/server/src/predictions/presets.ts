import type { MinInstances } from './min-instances.ts'

/** For whom predictions are made, and so how much they may tell. */
export const presetNames = ['self-hosted', 'public'] as const
export type PresetName = (typeof presetNames)[number]

export interface Preset {
  minInstances(setting: 'auto' | number): MinInstances
  /** Instances that must have reported a model before it has levels of its own. */
  readonly minModelInstances: number
  /** How long an answer stays published at least; undefined where it follows every event at once. */
  readonly publishedForMs: number | undefined
  /** Whether values have three significant digits, and times whole hours. */
  readonly isRounded: boolean
  /** Whether a new instance counts little at first. */
  readonly hasRamp: boolean
}

/**
 * `self-hosted` is for people who trust each other: everything as it is, at once, from one instance on. `public` is for
 * strangers: nothing of one instance alone, nothing exact, and nothing so often that two answers show whose task came in
 * between.
 */
export const presets: Readonly<Record<PresetName, Preset>> = {
  'self-hosted': {
    minInstances: (setting) => setting,
    minModelInstances: 1,
    publishedForMs: undefined,
    isRounded: false,
    hasRamp: false,
  },
  public: {
    minInstances: (setting) => (setting === 'auto' ? 'auto_from_2' : Math.max(2, setting)),
    minModelInstances: 2,
    publishedForMs: 15 * 60_000,
    isRounded: true,
    hasRamp: true,
  },
}
