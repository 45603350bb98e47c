import { posix, win32 } from 'node:path'

import { defineImporter, type LogPlace, type Machine } from '../importer.ts'
import { PiSessionParser } from './pi-session-parser.ts'

/** Pi's sessions. */
export const pi = defineImporter({
  harness: 'pi',
  title: 'Pi',
  locate,
  format: { kind: 'lines', open: (context, state) => new PiSessionParser(context, state) },
})

function locate({ platform, home, env }: Machine): readonly LogPlace[] {
  const { join } = platform === 'win32' ? win32 : posix
  const agent = env('PI_CODING_AGENT_DIR') || join(home, '.pi', 'agent')
  return [{ path: join(agent, 'sessions'), isLog: (path) => /^[^/]+\/[^/]+\.jsonl$/.test(path), maxDepth: 1 }]
}
