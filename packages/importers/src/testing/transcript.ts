/** Lines of a Claude Code transcript; each builder takes the fields that matter to the test. */

export interface LineFields {
  readonly session?: string
  readonly at?: number
  readonly [field: string]: unknown
}

/** All made-up times count from here. */
export const START_MS = Date.parse('2026-06-01T10:00:00.000Z')

export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

let made = 0

function common({ session = uuid(1), at = 0, ...fields }: LineFields) {
  made++
  return {
    uuid: uuid(900_000 + made),
    sessionId: session,
    timestamp: new Date(START_MS + at * 1000).toISOString(),
    cwd: '/home/someone/project',
    gitBranch: 'main',
    version: '2.1.329',
    isSidechain: false,
    ...fields,
  }
}

export function prompt(text: string, fields: LineFields = {}) {
  return { type: 'user', message: { role: 'user', content: text }, ...common(fields) }
}

export interface AnswerFields extends LineFields {
  readonly id: string
  readonly output?: number
  readonly input?: number
  readonly model?: string
  readonly stopReason?: string | null
  readonly tools?: readonly { readonly id: string; readonly name: string; readonly input: object }[]
}

export function answer(given: AnswerFields) {
  const {
    id,
    output = 100,
    input = 10,
    model = 'claude-sonnet-4-6',
    stopReason = 'end_turn',
    tools = [],
    ...rest
  } = given
  return {
    type: 'assistant',
    requestId: `req_${id}`,
    message: {
      id: `msg_${id}`,
      role: 'assistant',
      model,
      stop_reason: stopReason,
      content: tools.map(({ id: toolId, name, input: toolInput }) => ({
        type: 'tool_use',
        id: toolId,
        name,
        input: toolInput,
      })),
      usage: {
        input_tokens: input,
        output_tokens: output,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: 0,
      },
    },
    ...common(rest),
  }
}

export function toolResult(
  toolUseId: string,
  fields: LineFields & { isError?: boolean; content?: string } = {},
) {
  const { isError = false, content = 'ok', ...rest } = fields
  return {
    type: 'user',
    message: {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: toolUseId, is_error: isError, content }],
    },
    ...common(rest),
  }
}

/** Where the main file of a session stands in a home directory. */
export function mainFile(session = uuid(1)): string {
  return `.claude/projects/-home-someone-project/${session}.jsonl`
}

export function subagentFile(agent: string, session = uuid(1)): string {
  return `.claude/projects/-home-someone-project/${session}/subagents/agent-${agent}.jsonl`
}
