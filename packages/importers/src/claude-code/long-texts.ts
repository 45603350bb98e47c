import type { JsonRecord, LongTexts } from '../importer.ts'
import { recordIn } from '../json-fields.ts'
import { readUserLine } from './transcript-line.ts'

/**
 * What models, tools and files say. Of a tool's result only the beginning is looked at, which says whether the tool was
 * run. A new file's content is counted, and what a person wrote is looked at as a whole.
 */
export const longTexts: LongTexts = {
  names: new Set([
    'content',
    'data',
    'newString',
    'new_string',
    'oldString',
    'old_string',
    'originalFile',
    'output',
    'prompt',
    'result',
    'signature',
    'stderr',
    'stdout',
    'text',
    'thinking',
    'toolUseResult',
  ]),
  areNeeded,
}

function areNeeded(line: JsonRecord): boolean {
  if (line['type'] !== 'user') return false
  return recordIn(line, 'toolUseResult')['type'] === 'create' || readUserLine(line).kind !== 'tool_result'
}
