/**
 * What has to be released, noted in the moment it is acquired and released in the opposite order: by a stop, and
 * likewise when a start fails half way.
 */
export class Teardown {
  readonly #releases: { readonly name: string; readonly release: () => unknown }[] = []
  #running: Promise<void> | undefined

  defer(name: string, release: () => unknown): void {
    this.#releases.push({ name, release })
  }

  /** Releases everything, going on past failures. A second call waits for the first. */
  run(onFailure: (name: string, error: unknown) => void): Promise<void> {
    return (this.#running ??= this.#releaseAll(onFailure))
  }

  async #releaseAll(onFailure: (name: string, error: unknown) => void): Promise<void> {
    for (let next = this.#releases.pop(); next !== undefined; next = this.#releases.pop()) {
      try {
        await next.release()
      } catch (error) {
        onFailure(next.name, error)
      }
    }
  }
}
