import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

const NAME = 'mosaic-telemetry'

/** Where programs of this user keep what is worth keeping and no configuration, as each system has it. */
export function stateDirectory(platform: NodeJS.Platform, env: (name: string) => string | undefined): string {
  const home = homedir() || tmpdir()
  if (platform === 'win32') return join(env('LOCALAPPDATA') || join(home, 'AppData', 'Local'), NAME)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', NAME)
  return join(env('XDG_STATE_HOME') || join(home, '.local', 'state'), NAME)
}
