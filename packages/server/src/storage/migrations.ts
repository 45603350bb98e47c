import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** One numbered step of an engine's schema. A published one is never edited. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
}

/** Reads `migrations/<engine>/NNNN-name.sql` in order, checked for gaps. */
export function readMigrations(engine: 'sqlite' | 'postgres'): readonly Migration[] {
  const folder = fileURLToPath(new URL(`../../migrations/${engine}/`, import.meta.url))
  const files = readdirSync(folder).filter((file) => /^\d{4}-.+\.sql$/.test(file))
  return files.sort().map((file, index) => {
    const number = Number(file.slice(0, 4))
    if (number !== index + 1) throw new Error(`migration ${index + 1} of ${engine} is missing: found ${file}`)
    return { number, name: file.slice(5, -4), sql: readFileSync(`${folder}${file}`, 'utf8') }
  })
}
