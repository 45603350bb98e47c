import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Every byte that a server keeps in its directory, as text. */
export function storedText(dataDir: string): string {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}
