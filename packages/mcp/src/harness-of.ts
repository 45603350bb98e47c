import type { Harness } from '@mosaicstack/telemetry-client/protocol'

const harnesses: readonly (readonly [RegExp, Harness])[] = [
  [/claude[-_ ]?code/i, 'claude_code'],
  [/opencode/i, 'opencode'],
  [/kilo/i, 'kilo_code'],
  [/aider/i, 'aider'],
]

/** The coding agent that a tool is called by, as it has introduced itself; another name is a `custom` one. */
export function harnessOf(clientName: string | undefined): Harness {
  if (clientName === undefined) return 'unknown'
  return harnesses.find(([pattern]) => pattern.test(clientName))?.[1] ?? 'custom'
}
