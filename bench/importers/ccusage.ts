import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The program itself, not the script of Node around it: that would be measured, too. */
export const ccusage = join(
  dirname(
    createRequire(new URL('../package.json', import.meta.url)).resolve(
      `@ccusage/ccusage-${process.platform}-${process.arch}/package.json`,
    ),
  ),
  'bin',
  process.platform === 'win32' ? 'ccusage.exe' : 'ccusage',
)

export const CCUSAGE_VERSION = '20.0.24'
