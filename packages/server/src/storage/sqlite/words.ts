import type { SqliteDriver } from './driver.ts'

/** Words known without asking the database. Beyond it a flood of invented names costs look-ups, not memory. */
const MAX_REMEMBERED = 10_000

/** The dictionary of repeated texts: gives each a number, inside the caller's transaction. */
export interface Words {
  numberOf(word: string): number
  /** Forgets numbers that a rolled-back transaction may have given out. */
  forget(): void
}

export function openWords(database: SqliteDriver): Words {
  const find = database.prepare('SELECT word_no FROM words WHERE word = ?')
  const add = database.prepare('INSERT INTO words (word) VALUES (?) RETURNING word_no')
  const remembered = new Map<string, number>()

  return {
    numberOf(word) {
      const known = remembered.get(word)
      if (known !== undefined) return known

      const number = Number((find.get(word) ?? add.get(word))?.['word_no'])
      if (remembered.size >= MAX_REMEMBERED) remembered.clear()
      remembered.set(word, number)
      return number
    },
    forget: () => remembered.clear(),
  }
}
