import { posix, win32 } from 'node:path'

import type { Machine } from '../importer.ts'

/** Beside what the client keeps: `MOSAIC_TELEMETRY_LEDGER`, or the user's own directory for program state. */
export function ledgerPath({ platform, home, env }: Machine): string {
  const given = env('MOSAIC_TELEMETRY_LEDGER')
  if (given !== undefined && given !== '') return given
  const { join } = platform === 'win32' ? win32 : posix
  const file = join('mosaic-telemetry', 'ledger.db')
  if (platform === 'win32') return join(env('LOCALAPPDATA') || join(home, 'AppData', 'Local'), file)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', file)
  return join(env('XDG_STATE_HOME') || join(home, '.local', 'state'), file)
}
