import { hostname } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

import { gitFactsReader } from '../runs/disk/git-facts.ts'
import { NdjsonJournal } from '../runs/disk/journal.ts'
import { RecentRunsFile } from '../runs/disk/recent-runs.ts'
import { stateDirectory } from '../runs/disk/state-directory.ts'
import type { RunPlatform } from '../runs/run-platform.ts'

export const runPlatform: RunPlatform | undefined = {
  hostName: hostname(),
  defaultNdjsonDir: () =>
    join(
      stateDirectory(process.platform, (name) => process.env[name]),
      'raw',
    ),
  openJournal: (options) => new NdjsonJournal(options),
  openRecentRuns: (directory) => new RecentRunsFile(directory),
  gitFacts: gitFactsReader(Date.now, process.cwd),
}
