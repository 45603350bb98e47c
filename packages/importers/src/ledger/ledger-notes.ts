import type { Ledger } from './ledger.ts'

/** Small things that a program remembers beside the ledger, by a name of its own choosing such as `otlp/…`. */
export function readNote({ database }: Ledger, name: string): string | undefined {
  const value = database.prepare('SELECT value FROM notes WHERE name = ?').get(name)?.['value']
  return value === undefined ? undefined : String(value)
}

export function writeNote({ database }: Ledger, name: string, value: string): void {
  database
    .prepare('INSERT INTO notes (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
    .run(name, value)
}
