import { posix, win32 } from 'node:path'

import { defineImporter, type LogPlace, type Machine } from '../importer.ts'
import { AnalyticsParser } from './analytics-parser.ts'
import { readChatHistory } from './chat-history.ts'

/** aider's analytics log. It has no place of its own: `AIDER_ANALYTICS_LOG` says where it is, to aider and to us. */
export const aider = defineImporter({
  harness: 'aider',
  title: 'aider',
  locate: ({ env }) => placesOf(env('AIDER_ANALYTICS_LOG')),
  format: { kind: 'lines', open: (context, state) => new AnalyticsParser(context, state) },
})

/**
 * aider's chat history, for those who keep no analytics log: with both, every message would count twice. It lies in the
 * directory that aider was started in, so that of the shell is looked at.
 */
export const aiderChatHistory = defineImporter({
  harness: 'aider',
  title: 'aider, by its chat history',
  locate(machine) {
    const { env } = machine
    if (env('AIDER_ANALYTICS_LOG')) return []
    return placesOf(env('AIDER_CHAT_HISTORY_FILE') || inWorkingDirectory(machine))
  },
  format: { kind: 'document', read: readChatHistory },
})

function inWorkingDirectory({ platform, env }: Machine): string | undefined {
  const directory = env('PWD')
  if (!directory) return undefined
  return (platform === 'win32' ? win32 : posix).join(directory, '.aider.chat.history.md')
}

function placesOf(path: string | undefined): readonly LogPlace[] {
  return path ? [{ path, isLog: (relativePath) => relativePath === '' }] : []
}
