import type { TaskType } from '@mosaicstack/telemetry-client/protocol'

import type { Activity } from './activity.ts'

/**
 * What kind of work a task was, from what was touched: no log says it. Plain rules, first match wins, so that a person
 * can tell why; `unknown` where nothing was touched at all.
 */
export function inferTaskType({ areas, tools, branch }: Activity): TaskType {
  const { source = 0, test = 0, docs = 0, config = 0 } = areas
  const edits = source + test + docs + config
  if (edits === 0) return (tools.read ?? 0) + (tools.command ?? 0) > 0 ? 'planning' : 'unknown'
  if (docs === edits) return 'documentation'
  if (config === edits) return 'configuration'
  if (source === 0 && test > 0) return 'testing'
  const kind = /^(?:[^/]+\/)?(fix|bug|bugfix|hotfix|refactor|docs?|tests?|chore|ci)[/_-]/i.exec(
    branch ?? '',
  )?.[1]
  switch (kind?.toLowerCase()) {
    case 'fix':
    case 'bug':
    case 'bugfix':
    case 'hotfix':
      return 'debugging'
    case 'refactor':
      return 'refactoring'
    default:
      return 'implementation'
  }
}
