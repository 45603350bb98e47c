const ROUNDS = 12

/**
 * CPU time of one pass over all bodies, in microseconds: the least of several rounds, since whatever else the machine
 * does only ever adds to it.
 *
 * @param prepare makes what a round works on, uncounted.
 */
export async function measureCpu<Prepared>(
  pass: (prepared: Prepared) => unknown,
  prepare: () => Prepared = () => undefined as Prepared,
): Promise<number> {
  let least = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const prepared = prepare()
    const before = process.cpuUsage()
    await pass(prepared)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, user + system)
  }
  return least
}
