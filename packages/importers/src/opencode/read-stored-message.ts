import { parseDocument } from '../parse-document.ts'
import type { ReadContext } from '../importer.ts'
import { idIn } from '../json-fields.ts'
import { readMessage, requestOf } from './messages.ts'

/**
 * One message of the storage before the database. It says which prompt an answer belongs to and what it took; which
 * sessions were those of subagents, and what tools did, is in other files, and is left to the database.
 */
export function readStoredMessage(context: ReadContext, bytes: Buffer): void {
  const data = parseDocument(bytes, context.report)
  if (data === undefined) return
  const id = idIn(data, 'id')
  const session = idIn(data, 'sessionID')
  if (id === undefined || session === undefined) return context.report('wrong_type')
  const message = readMessage(id, data, 0, context.report)
  if (message === undefined) return

  if (message.kind === 'user') {
    const task = { session, prompt: id }
    context.emit({
      kind: 'task_start',
      task,
      atMs: message.createdMs,
      project: undefined,
      branch: undefined,
      version: undefined,
      isCopy: false,
    })
    return
  }
  if (message.parentId === undefined || !message.isFinished) return
  const task = { session, prompt: message.parentId }
  const request = requestOf(message, message.usage, { role: 'main', step: 0, isCopy: false })
  if (request !== undefined) context.emit({ kind: 'request', task, request })
  context.emit({ kind: 'seen', task, atMs: message.endedMs })
  const ending =
    message.failure === undefined ? 'answered' : message.failure === 'aborted' ? 'interrupted' : 'failed'
  context.emit({ kind: 'ending', task, atMs: message.endedMs, ending })
}
