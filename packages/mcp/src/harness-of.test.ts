import { expect, it } from 'vitest'

import { harnessOf } from './harness-of.ts'

it.each([
  ['claude-code', 'claude_code'],
  ['Claude Code', 'claude_code'],
  ['opencode', 'opencode'],
  ['Kilo Code', 'kilo_code'],
  ['codex-mcp-client', 'custom'],
  ['claude-ai', 'custom'],
  [undefined, 'unknown'],
])('takes %s for %s', (name, harness) => {
  expect(harnessOf(name)).toBe(harness)
})
