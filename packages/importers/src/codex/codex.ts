import { posix, win32 } from 'node:path'

import { defineImporter, type LogPlace, type Machine } from '../importer.ts'
import { RolloutParser } from './rollout-parser.ts'

/** The rollouts of OpenAI's Codex CLI. */
export const codex = defineImporter({
  harness: 'codex',
  title: 'Codex CLI',
  locate,
  format: { kind: 'lines', open: (context, state) => new RolloutParser(context, state) },
})

function locate({ platform, home, env }: Machine): readonly LogPlace[] {
  const { join, resolve } = platform === 'win32' ? win32 : posix
  const given = env('CODEX_HOME')
  const directory = given === undefined || given === '' ? join(home, '.codex') : resolve(given)
  return ['sessions', 'archived_sessions'].map((name) => ({ path: join(directory, name), isLog }))
}

function isLog(relativePath: string): boolean {
  return /(?:^|\/)rollout-[^/]+\.jsonl$/.test(relativePath)
}
