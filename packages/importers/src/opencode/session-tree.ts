import type { JsonRecord, LogDatabase, ReadContext } from '../importer.ts'
import { isRecord } from '../json-fields.ts'
import { type Message, readMessage } from './messages.ts'
import { type Part, readPart } from './parts.ts'

/** A session with everything that is said in it. */
export interface Session extends SessionHead {
  readonly messages: readonly MessageWithParts[]
}

export type MessageWithParts = Message & { readonly parts: readonly Part[] }

export interface SessionHead {
  readonly id: string
  /** The session whose agent started this one; undefined for the one that a person talks to. */
  readonly parentId: string | undefined
  /** Local only. */
  readonly directory: string | undefined
  readonly version: string | undefined
  readonly createdMs: number
}

/** A person's session first, then those of its subagents in the order in which they were started. */
export type SessionTree = readonly [root: Session, ...children: Session[]]

/** All sessions, without what is said in them: a few hundred bytes each. */
export function readHeads(database: LogDatabase): ReadonlyMap<string, SessionHead> {
  const heads = new Map<string, SessionHead>()
  for (const row of database.all('SELECT id, parent_id, directory, version, time_created FROM session')) {
    const id = String(row['id'])
    heads.set(id, {
      id,
      parentId: textOf(row['parent_id']),
      directory: textOf(row['directory']),
      version: textOf(row['version']),
      createdMs: Number(row['time_created']),
    })
  }
  return heads
}

/** The sessions in which anything was written since a moment, that moment included. */
export function readChangedSince(database: LogDatabase, sinceMs: number): ReadonlySet<string> {
  const changed = new Set<string>()
  for (const { id } of database.all(
    `SELECT id FROM session WHERE time_updated >= ?
     UNION SELECT session_id FROM message WHERE time_updated >= ?
     UNION SELECT session_id FROM part WHERE time_updated >= ?`,
    sinceMs,
    sinceMs,
    sinceMs,
  )) {
    changed.add(String(id))
  }
  return changed
}

/** The time of the last change in the database. */
export function readLastChangeMs(database: LogDatabase): number {
  const [row] = database.all(
    `SELECT max(coalesce((SELECT max(time_updated) FROM session), 0),
                coalesce((SELECT max(time_updated) FROM message), 0),
                coalesce((SELECT max(time_updated) FROM part), 0)) AS ms`,
  )
  return Number(row?.['ms'] ?? 0)
}

/** The session at the top of the tree that a session is in. */
export function rootOf(id: string, heads: ReadonlyMap<string, SessionHead>): SessionHead | undefined {
  const seen = new Set<string>()
  let head = heads.get(id)
  while (head?.parentId !== undefined && heads.has(head.parentId) && !seen.has(head.id)) {
    seen.add(head.id)
    head = heads.get(head.parentId)
  }
  return head
}

export function readSession(
  database: LogDatabase,
  head: SessionHead,
  report: ReadContext['report'],
): Session {
  const parts = new Map<string, Part[]>()
  for (const row of database.all(
    'SELECT message_id, data FROM part WHERE session_id = ? ORDER BY id',
    head.id,
  )) {
    const data = parse(row['data'], report)
    const part = data === undefined ? undefined : readPart(data, report)
    if (part === undefined) continue
    const messageId = String(row['message_id'])
    const known = parts.get(messageId)
    if (known === undefined) parts.set(messageId, [part])
    else known.push(part)
  }

  const messages: MessageWithParts[] = []
  for (const row of database.all(
    'SELECT id, time_created, data FROM message WHERE session_id = ? ORDER BY time_created, id',
    head.id,
  )) {
    const id = String(row['id'])
    const data = parse(row['data'], report)
    const message = data && readMessage(id, data, Number(row['time_created']), report)
    if (message !== undefined) messages.push({ ...message, parts: parts.get(id) ?? [] })
  }
  return { ...head, messages }
}

function parse(text: unknown, report: ReadContext['report']): JsonRecord | undefined {
  try {
    const data: unknown = JSON.parse(String(text))
    if (isRecord(data)) return data
    report('not_an_object')
  } catch {
    report('not_json')
  }
  return undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
