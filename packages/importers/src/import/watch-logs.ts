import { type FSWatcher, watch } from 'node:fs'

import type { Importer, Machine } from '../importer.ts'
import { type ImportOptions, importLogs, type ImportReport } from './import-logs.ts'

export interface WatchOptions extends ImportOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal
  /** After every import that read something. */
  readonly onImport: (report: ImportReport) => void | Promise<void>
  /** After every look that found nothing new: time has passed, and a task may be over by now. */
  readonly onQuiet?: (() => void | Promise<void>) | undefined
  /** Looks by itself so often: network drives and containers do not always tell of changes. */
  readonly pollMs?: number | undefined
  /** Waits so long after a change, because lines come in bursts. */
  readonly settleMs?: number | undefined
}

const DEFAULT_POLL_MS = 10_000
const DEFAULT_SETTLE_MS = 300

/** Imports, then again whenever a log changes, until it is aborted. Resolves after the import that is under way. */
export async function watchLogs(options: WatchOptions): Promise<void> {
  const { signal, pollMs = DEFAULT_POLL_MS, settleMs = DEFAULT_SETTLE_MS } = options
  const bell = new Bell(signal)
  const watchers = new PlaceWatchers(options.importers, options.machine, () => bell.ring())
  try {
    while (!signal.aborted) {
      watchers.renew()
      const report = await importLogs(options)
      if (report.files.read > 0) await options.onImport(report)
      else await options.onQuiet?.()
      if (await bell.wait(pollMs)) await bell.pause(settleMs)
    }
  } finally {
    watchers.close()
  }
}

/** Rings when something changed; a ring while nobody waits is not lost. */
class Bell {
  readonly #signal: AbortSignal
  #hasRung = false
  #wake: () => void = () => {}

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.ring(), { once: true })
  }

  ring(): void {
    this.#hasRung = true
    this.#wake()
  }

  /** @returns whether it rang before the time was over. */
  async wait(ms: number): Promise<boolean> {
    if (!this.#hasRung && !this.#signal.aborted) await this.#sleep(ms)
    const hasRung = this.#hasRung
    this.#hasRung = false
    return hasRung
  }

  async pause(ms: number): Promise<void> {
    if (this.#signal.aborted) return
    await this.#sleep(ms, { onlyAbortWakes: true })
    this.#hasRung = false
  }

  #sleep(ms: number, { onlyAbortWakes = false } = {}): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms)
      this.#wake = () => {
        if (!onlyAbortWakes || this.#signal.aborted) done()
      }
      function done(): void {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** Watches the places that exist. One that appears later is watched from the next round on; polling finds it. */
class PlaceWatchers {
  readonly #importers: readonly Importer[]
  readonly #machine: Machine
  readonly #onChange: () => void
  readonly #watchers = new Map<string, FSWatcher>()

  constructor(importers: readonly Importer[], machine: Machine, onChange: () => void) {
    this.#importers = importers
    this.#machine = machine
    this.#onChange = onChange
  }

  renew(): void {
    for (const importer of this.#importers) {
      for (const { path } of importer.locate(this.#machine)) if (!this.#watchers.has(path)) this.#watch(path)
    }
  }

  #watch(path: string): void {
    try {
      const watcher = watch(path, { recursive: true, persistent: false }, this.#onChange)
      // Without it polling goes on: the system may run out of watches, or the directory may go.
      watcher.on('error', () => {
        watcher.close()
        this.#watchers.delete(path)
      })
      this.#watchers.set(path, watcher)
    } catch {
      // Not there yet, or not to be watched: polling looks again.
    }
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close()
  }
}
