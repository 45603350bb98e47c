/**
 * Sums of logarithms as whole numbers, so that adding is exact: any order and any partition of the same values gives
 * the same bits, and subtracting undoes adding. 20 binary places are a millionth of a natural logarithm; a safe integer
 * then holds ten million squares of the largest logarithm an event can have.
 */
const ONE = 2 ** 20

/** The nearest fixed-point number. */
export function toFixed(value: number): number {
  return Math.round(value * ONE)
}

export function fromFixed(fixed: number): number {
  return fixed / ONE
}
