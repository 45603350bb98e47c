/**
 * The port for coding agents. An importer is a folder: where the agent's logs are (`locate`), and how they read
 * (`read`). It opens no file itself, keeps no totals and knows no prices; it turns log into `LogFact`s.
 *
 * There are three shapes of log, because agents write in three ways:
 *
 * - `lines`: a file that grows at its end, one JSON value a line. It is read from where the last import stopped. The
 *   parser's `state` is stored with that place, in one transaction with the facts, so it must be plain JSON, small, and
 *   free of text that a person wrote. Splitting the file anywhere between two lines gives the same facts.
 * - `document`: a file that is rewritten as a whole. It is read again from the start whenever it changes; what its last
 *   version said about activity is forgotten first.
 * - `database`: SQLite, opened read-only while the agent may be writing. The importer keeps a watermark as its state
 *   and emits `session_reset` before it tells a changed session again.
 *
 * Agents' files are never written to, renamed or locked.
 */
import type { LogFact } from './log-facts.ts'
import type { ReadingIssue } from './reading-issues.ts'

/** One coding agent. A new one is a new folder that exports one of these through `defineImporter`. */
export interface Importer {
  /** The agent's true name in snake case: `claude_code`. Part of every event id, so it never changes. */
  readonly harness: string
  /** For people: `Claude Code`. */
  readonly title: string
  /**
   * Where its logs would be, whether or not they exist: `doctor` prints the same list that discovery walks.
   * An environment variable that moves them replaces the defaults, as it does for the agent.
   */
  locate(machine: Machine): readonly LogPlace[]
  readonly format: LogFormat
}

/** What an importer may know about the machine. Everything is passed in, so that tests pass in another one. */
export interface Machine {
  readonly platform: NodeJS.Platform
  /** The user's home directory, absolute. */
  readonly home: string
  readonly env: (name: string) => string | undefined
}

/** A directory (or a single file) in which logs may be. */
export interface LogPlace {
  readonly path: string
  /** Whether a path, relative to the place and with `/` between its parts, is a log; `''` is the place itself. */
  readonly isLog: (relativePath: string) => boolean
  /** Levels of directories below the place in which logs may be; an agent may keep much else further down. */
  readonly maxDepth?: number | undefined
}

export type LogFormat = LinesFormat | DocumentFormat | DatabaseFormat

export interface LinesFormat {
  readonly kind: 'lines'
  /** Starts at the top of a file, or goes on where `state` was taken. */
  open(context: ReadContext, state: JsonValue | undefined): LineParser
  /** Left out where the parser reads every text to its end. */
  readonly longTexts?: LongTexts | undefined
}

/** The texts of which a parser reads the beginning at most: lines are parsed faster without the rest of them. */
export interface LongTexts {
  /** The fields whose texts may end after 201 bytes, in whatever object they are. */
  readonly names: ReadonlySet<string>
  /** Whether this line, which has come with a text cut, is wanted with all of it after all. */
  areNeeded(line: JsonRecord): boolean
}

export interface LineParser {
  /** The next line. Lines that are no JSON object were counted and left out before. */
  record(line: JsonRecord): void
  /** What it needs to go on after the last line. */
  state(): JsonValue
}

/** A JSON object of which nothing is known: read its fields with the functions of `json-fields.ts`. */
export type JsonRecord = Readonly<Record<string, unknown>>

export interface DocumentFormat {
  readonly kind: 'document'
  read(context: ReadContext, bytes: Buffer): void
}

export interface DatabaseFormat {
  readonly kind: 'database'
  /** @returns the state for the next time. */
  read(context: ReadContext, database: LogDatabase, state: JsonValue | undefined): JsonValue
}

/** The little of SQLite that reading a log takes. */
export interface LogDatabase {
  all(
    sql: string,
    ...params: readonly (string | number | null)[]
  ): Iterable<Readonly<Record<string, unknown>>>
}

export interface ReadContext {
  /** Absolute. */
  readonly path: string
  /** Relative to its place, with `/` between the parts. */
  readonly relativePath: string
  readonly emit: (fact: LogFact) => void
  readonly report: (issue: ReadingIssue) => void
  /** A small file beside this one, such as a note on a subagent; undefined where there is none. */
  readonly readBeside: (relativeName: string) => string | undefined
}

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

/**
 * Checks the set-up of an importer and returns it. A plug-in exports its result:
 *
 * ```ts
 * export const myAgent = defineImporter({
 *   harness: 'my_agent',
 *   title: 'My Agent',
 *   locate: ({ home }) => [{ path: join(home, '.my-agent/logs'), isLog: (path) => path.endsWith('.jsonl') }],
 *   format: { kind: 'lines', open: (context, state) => new MyLogParser(context, state) },
 * })
 * ```
 *
 * @throws RangeError for a harness name that is not snake case: it becomes part of ids.
 */
export function defineImporter(importer: Importer): Importer {
  if (!/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(importer.harness)) {
    throw new RangeError(
      `harness "${importer.harness}" must be snake case, such as my_agent. It is part of every event id.`,
    )
  }
  return Object.freeze(importer)
}
