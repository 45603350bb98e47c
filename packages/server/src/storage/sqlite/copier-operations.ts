import type { SqliteDriver } from './driver.ts'

/** What a connection offers that copies the database while others write to it. */
export function copierOperations(database: SqliteDriver) {
  return {
    /** Bytes of the pages in use: about what a copy takes. */
    usedBytes: () =>
      (pragma(database, 'page_count') - pragma(database, 'freelist_count')) * pragma(database, 'page_size'),
    /**
     * Writes the state of this moment into an empty file. The online backup, page by page, was tried: it begins anew
     * whenever another connection has written, which under load is always.
     */
    copyInto(target: string): void {
      database.exec('PRAGMA temp_store = FILE')
      database.prepare('VACUUM INTO ?').run(target)
    },
    close: () => database.close(),
  }
}

function pragma(database: SqliteDriver, name: 'page_count' | 'freelist_count' | 'page_size'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}

export type CopierOperations = ReturnType<typeof copierOperations>
