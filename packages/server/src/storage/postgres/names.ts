import type { Session } from './session.ts'

/** Names of each kind that are remembered. Beyond it they are asked for again: that costs look-ups, not memory. */
const MAX_REMEMBERED = 100_000

/** What the numbers in events stand for. A number is never given to another name, so a name that was read stays right. */
export interface Names {
  instanceIds(numbers: ReadonlySet<number>): Promise<ReadonlyMap<number, string>>
  words(numbers: ReadonlySet<number>): Promise<ReadonlyMap<number, string>>
}

export function openNames(database: Session): Names {
  return {
    instanceIds: openNamesBy(
      database,
      'SELECT instance_no AS number, instance_id AS name FROM instances WHERE instance_no = ANY ($1)',
    ),
    words: openNamesBy(
      database,
      'SELECT word_no AS number, word AS name FROM words WHERE word_no = ANY ($1)',
    ),
  }
}

function openNamesBy(database: Session, select: string): Names['words'] {
  const remembered = new Map<number, string>()
  return async (numbers) => {
    const unknown = [...numbers].filter((number) => !remembered.has(number))
    if (unknown.length === 0) return remembered
    if (remembered.size + unknown.length > MAX_REMEMBERED) remembered.clear()
    const wanted = remembered.size === 0 ? [...numbers] : unknown
    for (const row of await database.all(select, [wanted]))
      remembered.set(Number(row['number']), String(row['name']))
    return remembered
  }
}
