import { posix, win32 } from 'node:path'

import { defineImporter, type LogPlace, type Machine } from '../importer.ts'
import { longTexts } from './long-texts.ts'
import { describeFile, isTranscript } from './transcript-file.ts'
import { TranscriptParser } from './transcript-parser.ts'

/** Claude Code's transcripts, with those of its subagents. */
export const claudeCode = defineImporter({
  harness: 'claude_code',
  title: 'Claude Code',
  locate,
  format: {
    kind: 'lines',
    open: (context, state) => new TranscriptParser(context, describeFile(context), state),
    longTexts,
  },
})

/** `CLAUDE_CONFIG_DIR` may list several directories, separated by commas, as other readers of these logs have it. */
function locate({ platform, home, env }: Machine): readonly LogPlace[] {
  const { join, resolve } = platform === 'win32' ? win32 : posix
  const given = (env('CLAUDE_CONFIG_DIR') ?? '').split(',').map((directory) => directory.trim())
  const chosen = given.filter((directory) => directory !== '')
  const directories =
    chosen.length > 0
      ? chosen.map((directory) => resolve(directory))
      : [join(home, '.claude'), join(env('XDG_CONFIG_HOME') || join(home, '.config'), 'claude')]
  return directories.map((directory) => ({ path: join(directory, 'projects'), isLog: isTranscript }))
}
