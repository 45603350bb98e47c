import { type Deferred, deferred } from './deferred.ts'
import type { Batch, Setback } from './transport.ts'

const FAILURES_TO_SHUT = 3

/**
 * Lets one batch find out whether the server is there, while the others wait for what it finds.
 *
 * Open in the beginning and after any answer; shut by three failures in a row, by a denial, and when the server asks us
 * to wait. A
 * single failure means little: with one request in five failing, a gate that shut for each would halve the throughput.
 * And a program that ends soon after it began has no time to wait for a first answer.
 * The batch that shuts the gate, or comes first to a shut one, is the probe until it gets through, gives up, or another
 * batch gets through.
 */
export class ProbeGate {
  #isOpen = true
  /** In a row, of whichever batch. */
  #failures = 0
  #probe: { readonly batch: Batch; readonly verdict: Deferred<Setback | undefined> } | undefined

  /** Resolves when the batch may go, or with why it need not try. */
  async pass(batch: Batch): Promise<Setback | undefined> {
    while (!this.#isOpen && this.#probe !== undefined && this.#probe.batch !== batch) {
      const setback = await this.#probe.verdict.promise
      if (setback !== undefined) return setback
    }
    if (!this.#isOpen) this.#probeWith(batch)
    return undefined
  }

  /** The server answered somebody. */
  open(): void {
    this.#isOpen = true
    this.#failures = 0
    this.#endProbe(undefined)
  }

  /** A try failed. */
  fail(batch: Batch, setback: Setback): void {
    this.#failures++
    const isAsked = setback.kind === 'try_again' && setback.afterMs !== undefined
    if (this.#failures >= FAILURES_TO_SHUT || isAsked) this.#isOpen = false
    if (!this.#isOpen) this.#probeWith(batch)
  }

  /** The batch tries no more; if it was the probe, the others need not try either, or another one takes over. */
  leave(batch: Batch, setback: Setback | undefined): void {
    if (setback?.kind === 'denied') this.#isOpen = false
    if (this.#probe?.batch === batch) this.#endProbe(setback)
  }

  #probeWith(batch: Batch): void {
    this.#probe ??= { batch, verdict: deferred() }
  }

  #endProbe(setback: Setback | undefined): void {
    const probe = this.#probe
    this.#probe = undefined
    probe?.verdict.resolve(setback)
  }
}
