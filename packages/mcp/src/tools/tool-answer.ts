import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'

/**
 * What a tool says: one line of text, and data that begin with the same line. Some agents show their model the data
 * alone where there are any (Claude Code since 2.0.21), others the text alone: each has to be enough by itself.
 */
export function answered(line: string, data: Record<string, unknown>): CallToolResult {
  return { content: [{ type: 'text', text: line }], structuredContent: { summary: line, ...data } }
}

/** The first field of every answer. */
export const summary = z.string().describe('The answer in words')

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
