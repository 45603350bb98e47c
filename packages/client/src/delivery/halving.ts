import { type Delivery, type Fate, type Transport, WAITING } from './transport.ts'

/**
 * Splits a batch that is at fault, down to the single record, so that a poison record costs only itself (about
 * 2 log₂ n requests). Records keep their places; once the server is away nothing more is tried.
 */
export function halving(inner: Transport): Delivery {
  return {
    async deliver(batch, signal) {
      const fates: Fate[] = batch.map(() => WAITING)
      const untried: [from: number, to: number][] = [[0, batch.length]]

      for (let range = untried.pop(); range !== undefined; range = untried.pop()) {
        const [from, to] = range
        const outcome = await inner.send(batch.slice(from, to), signal)

        if (outcome.kind === 'answered') {
          for (const [offset, fate] of outcome.fates.entries()) fates[from + offset] = fate
        } else if (outcome.kind !== 'at_fault') {
          return { fates, setback: outcome }
        } else if (to - from === 1) {
          fates[from] = { kind: 'refused', cause: outcome.cause }
        } else {
          const middle = Math.ceil((from + to) / 2)
          untried.push([middle, to], [from, middle]) // the older half is on top
        }
      }
      return { fates, setback: undefined }
    },
  }
}
