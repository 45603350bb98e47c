import { version } from '@mosaicstack/telemetry-server/config'
import { Command } from 'commander'

import { addBackup } from './commands/backup.ts'
import { addBacktest } from './commands/backtest.ts'
import { addDemo } from './commands/demo.ts'
import { addDoctor } from './commands/doctor.ts'
import { addExport } from './commands/export.ts'
import { addHook } from './commands/hook.ts'
import { addImport } from './commands/import.ts'
import { addInit } from './commands/init.ts'
import { addInstances } from './commands/instances.ts'
import { addKeys } from './commands/keys.ts'
import { addMcp } from './commands/mcp.ts'
import { addMigrate } from './commands/migrate.ts'
import { addPredict } from './commands/predict.ts'
import { addPredictions } from './commands/predictions.ts'
import { addPrune } from './commands/prune.ts'
import { addReport } from './commands/report.ts'
import { addRestore } from './commands/restore.ts'
import { addRuns } from './commands/runs.ts'
import { addServe } from './commands/serve.ts'
import { addStatusline } from './commands/statusline.ts'
import { addSync } from './commands/sync.ts'
import { withExample } from './commands/with-example.ts'

/** The whole command line. A command is one file under `commands/` that adds itself. */
export function buildProgram(): Command {
  const program = new Command('mosaic-telemetry')
    .description("Know what a coding agent's task will cost before it starts, and what it did afterwards.")
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
  withExample(program, 'mosaic-telemetry demo', 'mosaic-telemetry serve')

  for (const add of [
    addServe,
    addDemo,
    addImport,
    addReport,
    addInit,
    addStatusline,
    addHook,
    addMcp,
    addPredict,
    addBacktest,
    addPredictions,
    addRuns,
    addSync,
    addDoctor,
    addInstances,
    addKeys,
    addPrune,
    addBackup,
    addRestore,
    addExport,
    addMigrate,
  ])
    add(program)
  return program
}
