import { homedir } from 'node:os'
import { resolve } from 'node:path'

import type { Machine } from './importer.ts'

/** The machine this process runs on. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    home: resolve(homedir()),
    env: (name) => process.env[name],
  }
}
