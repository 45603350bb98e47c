import { createInterface } from 'node:readline/promises'

import { CliError } from '../cli-error.ts'

/**
 * Asks before something is done; only a plain yes is one.
 *
 * @throws CliError where nobody is there to ask.
 */
export async function confirm(
  question: string,
  unasked = 'this cannot be undone, and nobody is there to ask',
): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new CliError(unasked, {
      hint: 'Add --yes if it is what you want.',
      exitCode: 2,
    })
  }
  const dialogue = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await dialogue.question(`${question} [y/N] `)).trim())
  } finally {
    dialogue.close()
  }
}
