import type { JsonValue } from '../importer.ts'
import type { SqliteDriver, SqliteStatement } from '../ledger/sqlite-driver.ts'
import type { IssueCounts } from './issue-counter.ts'

/** How far a file was read. */
export interface FileProgress {
  readonly fileNo: number
  readonly stamp: string
  readonly readBytes: number
  readonly readHash: string
  readonly state: JsonValue | undefined
  readonly issues: IssueCounts
}

/** What is known of the files that were read. */
export class FileTable {
  readonly #find: SqliteStatement
  readonly #add: SqliteStatement
  readonly #update: SqliteStatement
  readonly #forget: SqliteStatement
  readonly #soil: SqliteStatement

  constructor(database: SqliteDriver) {
    this.#find = database.prepare('SELECT * FROM files WHERE path = ?')
    this.#add = database.prepare(
      `INSERT INTO files (harness, path, stamp, read_bytes, read_hash, state, issues)
       VALUES (?, ?, '', 0, '', NULL, '{}') RETURNING file_no`,
    )
    this.#update = database.prepare(
      'UPDATE files SET stamp = ?, read_bytes = ?, read_hash = ?, state = ?, issues = ? WHERE file_no = ?',
    )
    this.#soil = database.prepare(
      `UPDATE sessions SET is_dirty = 1 WHERE session_no IN
         (SELECT session_no FROM stretches JOIN prompts USING (prompt_no) WHERE file_no = ?)`,
    )
    this.#forget = database.prepare('DELETE FROM stretches WHERE file_no = ?')
  }

  find(path: string): FileProgress | undefined {
    const row = this.#find.get(path)
    if (row === undefined) return undefined
    return {
      fileNo: Number(row['file_no']),
      stamp: String(row['stamp']),
      readBytes: Number(row['read_bytes']),
      readHash: String(row['read_hash']),
      state: row['state'] === null ? undefined : (JSON.parse(String(row['state'])) as JsonValue),
      issues: JSON.parse(String(row['issues'])) as IssueCounts,
    }
  }

  add(harness: string, path: string): FileProgress {
    const fileNo = Number(this.#add.get(harness, path)?.['file_no'])
    return { fileNo, stamp: '', readBytes: 0, readHash: '', state: undefined, issues: {} }
  }

  save(progress: FileProgress): void {
    this.#update.run(
      progress.stamp,
      progress.readBytes,
      progress.readHash,
      progress.state === undefined ? null : JSON.stringify(progress.state),
      JSON.stringify(progress.issues),
      progress.fileNo,
    )
  }

  /** Drops what the file said about activity, because it is read anew. Requests stay: they were made. */
  forgetActivity(fileNo: number): void {
    this.#soil.run(fileNo)
    this.#forget.run(fileNo)
  }
}
