import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a directory and those above it, for its owner only. Not `recursive`: Node 20 and 22 then never return where a
 * directory cannot be made although the one above it is there, as in `/proc`.
 */
export function makeDirectory(directory: string): void {
  if (existsSync(directory)) return
  makeDirectory(dirname(directory))
  try {
    mkdirSync(directory, 0o700)
  } catch (error) {
    // Another process may have been quicker.
    if (!existsSync(directory)) throw error
  }
}
