import { posix, win32 } from 'node:path'

import { defineImporter, type LogPlace, type Machine } from '../importer.ts'
import { QwenChatParser } from './qwen-chat-parser.ts'

/** Qwen Code, a fork of Gemini CLI with transcripts of its own. */
export const qwenCode = defineImporter({
  harness: 'qwen_code',
  title: 'Qwen Code',
  locate,
  format: { kind: 'lines', open: (context, state) => new QwenChatParser(context, state) },
})

function locate({ platform, home }: Machine): readonly LogPlace[] {
  const { join } = platform === 'win32' ? win32 : posix
  return [
    {
      path: join(home, '.qwen', 'projects'),
      isLog: (path) => /^[^/]+\/chats\/[^/]+\.jsonl$/.test(path),
      maxDepth: 2,
    },
  ]
}
