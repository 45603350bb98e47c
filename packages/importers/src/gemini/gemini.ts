import { posix, win32 } from 'node:path'

import { defineImporter, type JsonRecord, type LogPlace, type Machine } from '../importer.ts'
import { isRecord, recordIn, recordsIn } from '../json-fields.ts'
import { parseDocument } from '../parse-document.ts'
import { ChatTeller } from './chat-teller.ts'

/** Gemini CLI since it appends to its chats: a head, messages, and changes of what was written (`$set`). */
export const geminiCli = defineImporter({
  harness: 'gemini_cli',
  title: 'Gemini CLI',
  locate: (machine) => locate(machine, /^[^/]+\/chats\/[^/]+\.jsonl$/),
  format: {
    kind: 'lines',
    open(context, state) {
      const teller = new ChatTeller(context, state)
      return { record: (line) => tellLine(teller, line), state: () => teller.state() }
    },
  },
})

/** Gemini CLI before: a chat is one JSON document, written again as a whole. */
export const geminiCliDocuments = defineImporter({
  harness: 'gemini_cli',
  title: 'Gemini CLI, older chats',
  locate: (machine) => locate(machine, /^[^/]+\/chats\/[^/]+\.json$/),
  format: {
    kind: 'document',
    read(context, bytes) {
      const chat = parseDocument(bytes, context.report)
      if (chat === undefined) return
      // The oldest chats have a `history` without ids, times and counts: nothing that could be counted.
      if (!Array.isArray(chat['messages'])) return context.report('unknown_type')
      const teller = new ChatTeller(context)
      teller.head(chat)
      for (const message of recordsIn(chat, 'messages')) teller.message(message)
    },
  },
})

function tellLine(teller: ChatTeller, line: JsonRecord): void {
  if (isRecord(line['$set'])) {
    for (const message of recordsIn(recordIn(line, '$set'), 'messages')) teller.message(message)
  } else if (line['type'] === undefined && typeof line['sessionId'] === 'string') teller.head(line)
  else teller.message(line)
}

function locate({ platform, home, env }: Machine, chat: RegExp): readonly LogPlace[] {
  const { join } = platform === 'win32' ? win32 : posix
  const base = env('GEMINI_CLI_HOME') || home
  return [{ path: join(base, '.gemini', 'tmp'), isLog: (path) => chat.test(path), maxDepth: 2 }]
}
