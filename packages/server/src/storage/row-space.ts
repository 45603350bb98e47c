/** Doubles in a piece; a request of a hundred events takes 2 600 of them. */
const PIECE = 65_536

let piece = new Float64Array(PIECE)
let taken = 0

/**
 * Memory for the rows of one request, all zeros, cut from a larger piece: memory of its own takes longer to get than
 * one event takes to be read. A piece lives as long as the last rows in it.
 */
export function takeSpace(doubles: number): Float64Array {
  if (doubles > PIECE / 4) return new Float64Array(doubles)
  if (taken + doubles > PIECE) {
    piece = new Float64Array(PIECE)
    taken = 0
  }
  taken += doubles
  return piece.subarray(taken - doubles, taken)
}
