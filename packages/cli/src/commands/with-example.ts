import type { Command } from 'commander'

/** Help begins with an example: it is what people came for. */
export function withExample(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('before', `${examples.map((example) => `  $ ${example}`).join('\n')}\n`)
}
