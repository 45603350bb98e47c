import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { fileURLToPath } from 'node:url'

import { readAnswer, type ToolAnswer } from '../../packages/mcp/src/testing/an-agent.ts'
import type { Variables } from '../cli/run-cli.ts'

export const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))

/** An agent that has started `mosaic-telemetry mcp` as a process of its own. */
export interface StdioAgent extends AsyncDisposable {
  readonly client: Client
  readonly pid: number
  /** What the process has written to standard error, and lines on standard output that are not the protocol. */
  readonly strayOutput: string[]
  call(tool: string, args?: Record<string, unknown>): Promise<ToolAnswer>
}

export async function aStdioAgent(dataDir: string, variables: Variables = {}): Promise<StdioAgent> {
  const { PATH = '' } = process.env
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [MAIN, 'mcp', '--data-dir', dataDir],
    env: { PATH, ...variables },
    stderr: 'pipe',
  })
  const strayOutput: string[] = []
  transport.stderr?.on('data', (chunk: Buffer) => strayOutput.push(chunk.toString()))
  const client = new Client({ name: 'claude-code', version: '2.1.329' })
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's client has no other way
  client.onerror = (error) => strayOutput.push(error.message)
  await client.connect(transport)
  await client.listTools()
  return {
    client,
    pid: transport.pid ?? 0,
    strayOutput,
    call: async (tool, args = {}) => readAnswer(await client.callTool({ name: tool, arguments: args })),
    [Symbol.asyncDispose]: () => client.close(),
  }
}
