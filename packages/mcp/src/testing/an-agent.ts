import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { mcpServer } from '../mcp-server.ts'
import { taskNoteFiles } from '../notes/task-note-files.ts'
import { importedSpend } from '../imported-spend.ts'
import type { Telemetry } from '../telemetry.ts'
import type { ToolParts } from '../tools/tool-parts.ts'

/** A tool's answer, as an agent sees it. */
export interface ToolAnswer {
  readonly text: string
  readonly isError: boolean
  /** Without the `summary`, which is the text again. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it expects to be there
  readonly data: any
}

export interface Agent extends AsyncDisposable {
  readonly client: Client
  readonly clock: { nowMs: number }
  call(tool: string, args?: Record<string, unknown>): Promise<ToolAnswer>
}

/** A telemetry server that nobody should ask. */
const nobody: Telemetry = {
  ask: () => Promise.reject(new Error('asked')),
  tell: () => Promise.reject(new Error('told')),
  close: () => Promise.resolve(),
}

/** The SDK's own client on the tools, in this process; name the parts that matter. */
export async function anAgent(parts: Partial<ToolParts> = {}, name = 'claude-code'): Promise<Agent> {
  const directory = mkdtempSync(join(tmpdir(), 'mcp-'))
  const clock = { nowMs: Date.UTC(2026, 10, 21, 12) }
  const server = mcpServer({
    telemetry: nobody,
    notes: taskNoteFiles(join(directory, 'notes')),
    ledger: importedSpend(join(directory, 'ledger.db')),
    nowMs: () => clock.nowMs,
    newTaskId: () => 'made-up',
    ...parts,
  })
  const client = new Client({ name, version: '1.0.0' })
  const [ours, theirs] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(theirs), client.connect(ours)])
  // The client checks structured answers against the schemas that it was told of.
  await client.listTools()
  return {
    client,
    clock,
    call: async (tool, args = {}) => readAnswer(await client.callTool({ name: tool, arguments: args })),
    async [Symbol.asyncDispose]() {
      await client.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export function readAnswer(result: Awaited<ReturnType<Client['callTool']>>): ToolAnswer {
  const [first, ...more] = result.content as { readonly type: string; readonly text?: string }[]
  if (first?.type !== 'text' || more.length > 0) throw new Error('an answer is one text')
  const { summary, ...data } = (result.structuredContent ?? {}) as Record<string, unknown>
  if (result.structuredContent !== undefined && summary !== first.text)
    throw new Error('the data lack the text')
  const isError = result.isError === true
  return { text: first.text ?? '', isError, data: result.structuredContent === undefined ? undefined : data }
}

/** What a model pays for an answer, of which it is shown the text or the data: a token is about four characters. */
export function tokensOf({ data, text }: ToolAnswer): number {
  const asData = data === undefined ? 0 : JSON.stringify({ summary: text, ...data }).length
  return Math.ceil(Math.max(text.length, asData) / 4)
}
