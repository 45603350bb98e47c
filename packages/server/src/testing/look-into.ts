import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { SqliteDriver } from '../storage/sqlite/driver.ts'
import { openDriver } from '../storage/sqlite/open-driver.ts'

/** Opens a database file beside the server, as a curious or a foreign program does. */
export async function openRaw(file: string): Promise<SqliteDriver & Disposable> {
  const database = await openDriver(file)
  return { ...database, [Symbol.dispose]: () => database.close() }
}

/** The files of a directory that hold a text in any of the encodings that a database might use. */
export function filesHolding(directory: string, text: string): string[] {
  const needles = [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le'), hexBytes(text)]
  return readdirSync(directory).filter((file) => {
    const bytes = readFileSync(join(directory, file))
    return needles.some((needle) => needle.length > 0 && bytes.includes(needle))
  })
}

function hexBytes(text: string): Buffer {
  return /^([0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.alloc(0)
}
