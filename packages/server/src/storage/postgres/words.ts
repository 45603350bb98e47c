import type { Session } from './session.ts'

/** Words known without asking the database. Beyond it a flood of invented names costs look-ups, not memory. */
const MAX_REMEMBERED = 10_000

/**
 * The dictionary of repeated texts: gives each a number. New words are stored by a statement of their own, before the
 * transaction that uses them: a word without use does no harm, and nobody waits for a word of somebody else's events.
 */
export interface Words {
  numbersOf(words: Iterable<string>): Promise<ReadonlyMap<string, number>>
}

export function openWords(database: Session): Words {
  const remembered = new Map<string, number>()

  const look = async (words: readonly string[], found: Map<string, number>) => {
    const rows = await database.all('SELECT word, word_no FROM words WHERE word = ANY($1)', [words])
    for (const row of rows) found.set(String(row['word']), Number(row['word_no']))
  }

  return {
    async numbersOf(words) {
      const wanted = new Set(words)
      const found = new Map<string, number>()
      for (const word of wanted) {
        const number = remembered.get(word)
        if (number !== undefined) found.set(word, number)
      }
      if (found.size === wanted.size) return found

      await look(missing(wanted, found), found)
      const unknown = missing(wanted, found)
      if (unknown.length > 0) {
        // In order: two processes that add the same words in different orders would wait for each other for ever.
        await database.run(
          'INSERT INTO words (word) SELECT word FROM unnest($1::text[]) AS word ORDER BY word COLLATE "C" ON CONFLICT DO NOTHING',
          [unknown],
        )
        await look(unknown, found)
      }
      if (remembered.size + found.size > MAX_REMEMBERED) remembered.clear()
      for (const [word, number] of found) remembered.set(word, number)
      return found
    },
  }
}

function missing(words: ReadonlySet<string>, found: ReadonlyMap<string, number>): string[] {
  return [...words].filter((word) => !found.has(word))
}
