import { describe, expect, it } from 'vitest'

import { runCli } from './run-cli.ts'

const COMMANDS = [
  [],
  ['serve'],
  ['demo'],
  ['predict'],
  ['import'],
  ['report'],
  ['init'],
  ['init', 'claude-code'],
  ['statusline'],
  ['hook'],
  ['hook', 'claude-code'],
  ['mcp'],
  ['runs'],
  ['runs', 'list'],
  ['runs', 'show'],
  ['runs', 'tail'],
  ['sync'],
  ['doctor'],
  ['instances'],
  ['instances', 'create'],
  ['instances', 'list'],
  ['instances', 'delete'],
  ['predictions'],
  ['predictions', 'verify'],
  ['predictions', 'rebuild'],
  ['keys'],
  ['keys', 'create'],
  ['keys', 'list'],
  ['keys', 'revoke'],
  ['prune'],
  ['backup'],
  ['restore'],
  ['export'],
  ['migrate'],
]

describe.concurrent('--help', () => {
  it.each(COMMANDS.map((command) => [command.join(' '), command] as const))(
    'of "%s" begins with an example and fits 80 columns',
    async (words, command) => {
      const { code, stdout, stderr } = await runCli([...command, '--help'])

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(new RegExp(`^  \\$ mosaic-telemetry ${words}`))
      expect(widestLine(stdout.split('Usage:')[1]!)).toBeLessThanOrEqual(80)
    },
  )
})

describe.concurrent('a mistyped command line', () => {
  it.each([
    ['srve', 'Did you mean serve?'],
    ['serve --prot 9000', 'Did you mean --port?'],
    ['keys craete', 'Did you mean create?'],
    ['instances list --jsn', 'Did you mean --json?'],
    ['predict --modle claude-sonnet-4-5', 'Did you mean --model?'],
    ['predict --model claude-sonnet-4-5 --complexity hihg', 'Did you mean high?'],
    ['predict --model claude-sonnet-4-5 --task-type debuging', 'Did you mean debugging?'],
    ['predict --model claude-sonnet-4-5 --provider antropic', 'Did you mean anthropic?'],
  ])('%s exits 2 with the nearest spelling', async (line, suggestion) => {
    const { code, stdout, stderr } = await runCli(line.split(' '))

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(suggestion)
  })

  it.each([
    ['predict', '--model: is needed'],
    ['predict --model m --budget two', '--budget: "two" is not an amount of dollars'],
    ['predict --model m --budget -1', '--budget: "-1" is not an amount of dollars'],
    ['predict --model m --estimate-in 1e5', '--estimate-in: "1e5" is not a number of tokens'],
    ['predict --model m --complexity elephant', '"elephant" is not one of low, medium, high, critical'],
    ['serve --port x', '--port: "x" is not a whole number from 0 to 65535'],
    ['demo --once --port 99999', '--port: "99999" is not a whole number from 0 to 65535'],
    ['instances create --instance-id foo', '--instance-id: "foo" is not a UUID'],
    ['instances delete foo', '"foo" is not an instance id'],
    ['predictions verify --window-days x', '--window-days: "x" is not a whole number from 1 to 3650'],
    ['keys create foo --expires-at 1', '--expires-at: "1" is not a time'],
    ['keys create foo --expires-at 2001-01-01T00:00:00Z', '--expires-at: 2001-01-01T00:00:00Z is over'],
    [`keys create foo --label ${'x'.repeat(201)}`, '--label: must have at most 200 characters'],
    ['instances list --server-url http://127.0.0.1:9', 'Set MOSAIC_TELEMETRY_ADMIN_TOKEN.'],
  ])('%s exits 2 and says what would be right', async (line, message) => {
    const { code, stdout, stderr } = await runCli(line.split(' '))

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })
})

function widestLine(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length))
}
