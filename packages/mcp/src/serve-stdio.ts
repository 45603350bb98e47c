import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import process from 'node:process'

import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'

import { clientTelemetry } from './client-telemetry.ts'
import type { FindConnection } from './connection.ts'
import { importedSpend } from './imported-spend.ts'
import { mcpServer } from './mcp-server.ts'
import { taskNoteFiles } from './notes/task-note-files.ts'

export interface StdioOptions {
  readonly findConnection: FindConnection
  /** Where reports wait for the server. */
  readonly spoolDir: string
  /** Where it is remembered what was expected of a task. */
  readonly notesDir: string
  /** Of the importers; it need not be there. */
  readonly ledgerFile: string
}

/**
 * Serves the tools on stdin and stdout, until the host closes its end or a signal asks for the end. Nothing but the
 * protocol is written to stdout.
 */
export async function serveStdio(options: StdioOptions): Promise<void> {
  const mayTell = ['', '0', 'false'].includes(process.env['DO_NOT_TRACK'] ?? '')
  const telemetry = clientTelemetry({ ...options, mayTell })
  const server = mcpServer({
    telemetry,
    notes: taskNoteFiles(options.notesDir),
    ledger: importedSpend(options.ledgerFile),
    nowMs: Date.now,
    newTaskId: () => randomBytes(4).toString('hex'),
  })
  const ended = Promise.race([once(process.stdin, 'end'), once(process, 'SIGTERM'), once(process, 'SIGINT')])
  await server.connect(new StdioServerTransport())
  await ended
  await telemetry.close()
  await server.close()
}
