import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { broken, type Finding, ok } from './finding.ts'

/** Whether this Node can run a server: opens a store of its own in a temporary directory. */
export async function examineRuntime(): Promise<readonly Finding[]> {
  const builtIn = await import('node:sqlite').catch(() => undefined)
  const driver = builtIn === undefined ? 'better-sqlite3' : 'node:sqlite'
  const directory = mkdtempSync(join(tmpdir(), 'mosaic-telemetry-doctor-'))
  try {
    const { openSqliteStore } = await import('@mosaicstack/telemetry-server')
    const store = await openSqliteStore(join(directory, 'telemetry.db'))
    await store.close()
    return [ok('runtime', `Node ${process.versions.node}, SQLite through ${driver}`)]
  } catch (error) {
    const { hint, message } = error as Error & { readonly hint?: string }
    return [
      broken(
        'runtime',
        `Node ${process.versions.node}, SQLite through ${driver}: ${message}`,
        hint ?? `Check that ${tmpdir()} can be written, or use another Node.`,
      ),
    ]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
