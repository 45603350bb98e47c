import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'

import { addGetCalibration } from './tools/get-calibration.ts'
import { addGetSpend } from './tools/get-spend.ts'
import { addPredictTask } from './tools/predict-task.ts'
import { addReportTask } from './tools/report-task.ts'
import type { ToolParts } from './tools/tool-parts.ts'
import { version } from './version.ts'

const INSTRUCTIONS =
  'predict_task before work that may be dear; report_task with the same task_id when it has ended, unless this agent’s ' +
  'logs are imported anyway.'

/** The server with its four tools, not connected yet. A tool is one file under `tools/` that adds itself. */
export function mcpServer(parts: ToolParts): McpServer {
  const server = new McpServer({ name: 'mosaic-telemetry', version }, { instructions: INSTRUCTIONS })
  for (const add of [addPredictTask, addReportTask, addGetSpend, addGetCalibration]) add(server, parts)
  return server
}
