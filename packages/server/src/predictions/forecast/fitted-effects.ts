import type { Effects } from './backfit.ts'

/**
 * What a fit leaves of its effects: all that a query reads. Single precision is a ten-millionth of a value, a thousand
 * times finer than what the passes leave open, and takes half the room where it is published.
 */
export interface FittedEffects {
  readonly mean: number
  /** Effect by effect, group by group. */
  readonly values: readonly Float32Array[]
  /** Posterior variances; the prior's where too few instances contributed. */
  readonly variances: readonly Float32Array[]
  /** Prior variance of each effect: what an unseen group adds to the uncertainty. */
  readonly prior: Float32Array
}

export function fittedEffects({ mean, values, variances, prior }: Effects): FittedEffects {
  return {
    mean,
    values: values.map((own) => Float32Array.from(own)),
    variances: variances.map((own) => Float32Array.from(own)),
    prior: Float32Array.from(prior),
  }
}
