/**
 * One URL for each host of a URL that names several, as libpq writes it: `postgres://user@a:5432,b:5433/database`. Those
 * are a primary and its replicas; which one is the primary may change at any time. A URL with one host stays as it is.
 */
export function urlsOfHosts(url: string): readonly string[] {
  const [, before, hosts, after] = /^(\w+:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/s.exec(url) ?? []
  if (hosts === undefined || !hosts.includes(',')) return [url]
  return hosts.split(',').map((host) => `${before}${host}${after}`)
}

/**
 * Does something with the first of several that lets it be done.
 *
 * @param firstIndex is where to begin; the others follow in a circle.
 * @throws what the first one tried has said, if none does.
 */
export async function withFirstAble<Each, Result>(
  all: readonly Each[],
  firstIndex: number,
  work: (each: Each) => Promise<Result>,
): Promise<{ readonly result: Result; readonly index: number }> {
  const failures: unknown[] = []
  for (let offset = 0; offset < all.length; offset++) {
    const index = (firstIndex + offset) % all.length
    try {
      return { result: await work(all[index] as Each), index }
    } catch (error) {
      failures.push(error)
    }
  }
  throw failures[0]
}
