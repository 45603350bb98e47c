import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { CliError } from '../cli-error.ts'

const NAME = 'mosaic-telemetry'

/**
 * How another program starts this one: by its name where the shell finds it, else by its path.
 *
 * @throws CliError where it runs from a cache that may be gone tomorrow.
 */
export function findProgram(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const names = platform === 'win32' ? [`${NAME}.cmd`, `${NAME}.exe`] : [NAME]
  // npx puts its cache in front of the path; what is found there is gone with it.
  const directories = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((each) => each !== '' && !each.includes('_npx'))
  if (directories.some((directory) => names.some((name) => isExecutable(join(directory, name))))) return NAME

  const main = fileURLToPath(new URL('../main.js', import.meta.url))
  if (!main.includes('_npx')) return `node ${JSON.stringify(main)}`
  throw new CliError('hooks need an installed program, and this one runs from the cache of npx', {
    hint: `Install it with \`npm install --global ${NAME}\`, then run \`${NAME} init claude-code\`.`,
  })
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
