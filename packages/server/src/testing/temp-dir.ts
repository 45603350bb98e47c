import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An empty directory that is removed with everything in it at the end of the block that declares it. */
export function aTempDir(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'mosaic-telemetry-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
