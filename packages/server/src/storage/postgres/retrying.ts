import { setTimeout as sleep } from 'node:timers/promises'

import { hasGivenWay } from './explain-failure.ts'

const ATTEMPTS = 5

/**
 * Does a transaction again that has given way to another one. Batches are sorted by key, so this is rare; where it
 * happens, the other transaction is nearly done, and a short wait of uneven length keeps the two apart.
 */
export async function retrying<Result>(
  work: () => Promise<Result>,
  random: () => number = Math.random,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === ATTEMPTS || !hasGivenWay(error)) throw error
      await sleep(random() * 10 * 2 ** attempt)
    }
  }
}
