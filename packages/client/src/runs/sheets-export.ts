import type { Clock } from '../delivery/clock.ts'
import type { Fetch } from '../delivery/json-http.ts'
import type { NewRun } from '../protocol/index.ts'
import type { SheetsConfig } from './run-config.ts'

/** Before each try: the first goes at once, three more follow a failure that may pass. */
const DELAYS_MS = [0, 1_000, 2_000, 4_000] as const
const TIMEOUT_MS = 10_000

export interface SheetsExportParts {
  readonly config: SheetsConfig
  readonly fetch: Fetch
  readonly clock: Clock
  /** Gets the status or the kind of failure; never the address or the token. */
  readonly debug: (message: string) => void
}

/** Posts ended runs to a spreadsheet's script, fire and forget: nothing waits for it, and nothing is kept for later. */
export function sheetsExport(parts: SheetsExportParts): (run: NewRun) => void {
  const { clock, config, debug } = parts

  return (run) => void deliver(JSON.stringify(flatRow(run)))

  async function deliver(body: string): Promise<void> {
    for (const delayMs of DELAYS_MS) {
      if (delayMs > 0) await new Promise<void>((resolve) => clock.after(delayMs, resolve))
      const status = await post(body)
      if (status !== undefined && status < 400) return
      debug(`Google Sheets export failed: ${status === undefined ? 'no answer' : `HTTP ${status}`}`)
      if (status !== undefined && status < 500) return
    }
  }

  /** Resolves to the status, undefined where there is no answer in time. */
  async function post(body: string): Promise<number | undefined> {
    const limit = new AbortController()
    const cancel = clock.after(TIMEOUT_MS, () => limit.abort())
    try {
      const response = await parts.fetch(config.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(config.token !== '' && { authorization: `Bearer ${config.token}` }),
        },
        body,
        signal: limit.signal,
      })
      await response.body?.cancel()
      return response.status
    } catch {
      return undefined
    } finally {
      cancel()
    }
  }
}

/** One value a column: nothing nested, nothing null. */
function flatRow(run: NewRun): Record<string, string | number | boolean> {
  const cells = Object.entries(run).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(
    cells.map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : value]),
  )
}
