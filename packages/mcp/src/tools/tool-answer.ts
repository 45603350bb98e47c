import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'

/** What a tool says: one line for whoever reads text, the same as data for whoever does not. */
export function answered(line: string, data: Record<string, unknown>): CallToolResult {
  return { content: [{ type: 'text', text: line }], structuredContent: data }
}

/** A failure that the agent, or the person behind it, can do something about. */
export function failed({
  nextStep,
  what,
}: {
  readonly what: string
  readonly nextStep: string
}): CallToolResult {
  return { content: [{ type: 'text', text: `${what}. ${nextStep}` }], isError: true }
}

/** At most three significant digits: an answer is read by a model that pays for every one. */
export function short(value: number): number {
  return Number(value.toPrecision(3))
}
