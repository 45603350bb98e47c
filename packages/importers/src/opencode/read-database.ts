import type { JsonValue, LogDatabase, ReadContext } from '../importer.ts'
import {
  readChangedSince,
  readHeads,
  readLastChangeMs,
  readSession,
  rootOf,
  type SessionHead,
} from './session-tree.ts'
import { tellTree } from './tell-tree.ts'

interface State {
  readonly readUntilMs: number
}

/**
 * Tells every tree of sessions in which something has changed since the last time, each from its beginning. The moment
 * up to which was read is told again, since more may have been written in the same millisecond.
 */
export function readDatabase(
  context: ReadContext,
  database: LogDatabase,
  state: JsonValue | undefined,
): JsonValue {
  const { readUntilMs } = (state as State | undefined) ?? { readUntilMs: 0 }
  const heads = readHeads(database)
  const roots = new Map<string, SessionHead>()
  for (const id of readChangedSince(database, readUntilMs)) {
    const root = rootOf(id, heads)
    if (root !== undefined) roots.set(root.id, root)
  }
  const children = childrenByRoot(heads, roots)
  for (const root of roots.values()) {
    const read = (head: SessionHead) => readSession(database, head, context.report)
    tellTree([read(root), ...(children.get(root.id) ?? []).map(read)], context.emit)
  }
  return { readUntilMs: readLastChangeMs(database) }
}

/** In the order in which they were started, so that a subagent's own subagents come after it. */
function childrenByRoot(
  heads: ReadonlyMap<string, SessionHead>,
  roots: ReadonlyMap<string, SessionHead>,
): ReadonlyMap<string, readonly SessionHead[]> {
  const children = new Map<string, SessionHead[]>()
  for (const head of [...heads.values()].sort((a, b) => a.createdMs - b.createdMs)) {
    const root = rootOf(head.id, heads)
    if (root === undefined || root.id === head.id || !roots.has(root.id)) continue
    children.set(root.id, [...(children.get(root.id) ?? []), head])
  }
  return children
}
