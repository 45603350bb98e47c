import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openLedger } from '@mosaicstack/telemetry-importers'

/** A copy of the ledger that is gone at the end of its scope, so that a dry run leaves no trace and knows what was sent. */
export async function copyOfLedger(path: string): Promise<AsyncDisposable & { readonly path: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'mosaic-telemetry-dry-run-'))
  const copy = join(directory, 'ledger.db')
  try {
    if (existsSync(path)) {
      await using ledger = await openLedger({ path })
      ledger.database.prepare('VACUUM INTO ?').run(copy)
    }
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
  return {
    path: copy,
    [Symbol.asyncDispose]: async () => rmSync(directory, { recursive: true, force: true }),
  }
}
