import type { SqliteDriver } from './sqlite-driver.ts'

/** Numbers that are looked up often are remembered; so many of them, then all are forgotten. */
const MAX_REMEMBERED = 50_000

/** The ledger's own small numbers for what the logs call by long names. */
export class Names {
  readonly #sessions: Lookup
  readonly #prompts: Lookup
  readonly #models: Lookup

  constructor(database: SqliteDriver) {
    this.#sessions = lookup(database, 'sessions', 'session_no', ['harness', 'session'])
    this.#prompts = lookup(database, 'prompts', 'prompt_no', ['session_no', 'prompt'])
    this.#models = lookup(database, 'models', 'model_no', ['model', 'provider'])
  }

  session(harness: string, session: string): number {
    return this.#sessions(harness, session)
  }

  prompt(sessionNo: number, prompt: string): number {
    return this.#prompts(sessionNo, prompt)
  }

  model(model: string, provider: string): number {
    return this.#models(model, provider)
  }
}

type Lookup = (first: string | number, second: string) => number

function lookup(
  database: SqliteDriver,
  table: string,
  number: string,
  [first, second]: readonly [string, string],
): Lookup {
  const find = database.prepare(`SELECT ${number} AS n FROM ${table} WHERE ${first} = ? AND ${second} = ?`)
  const add = database.prepare(
    `INSERT INTO ${table} (${first}, ${second}) VALUES (?, ?) RETURNING ${number} AS n`,
  )
  const remembered = new Map<string, number>()
  // What is asked for is mostly what was asked for before.
  let last: { readonly a: string | number; readonly b: string; readonly n: number } | undefined
  return (a, b) => {
    if (last !== undefined && last.b === b && last.a === a) return last.n
    const key = `${a}\n${b}`
    const n = remembered.get(key) ?? Number((find.get(a, b) ?? add.get(a, b))?.['n'])
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(key, n)
    last = { a, b, n }
    return n
  }
}
