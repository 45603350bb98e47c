/** The thread that reads ahead: takes jobs, answers with the parts of their logs. `reading-ahead.ts` starts it. */
import { parentPort } from 'node:worker_threads'

import { importers } from '../importers.ts'
import { gatherLines } from './gather-lines.ts'
import {
  BUNDLE_BYTES,
  BUNDLES_AHEAD,
  type ThreadAnswer,
  type ThreadJob,
  type ThreadMessage,
} from './thread-messages.ts'

const port = parentPort
if (port === null) throw new Error('reading-thread.ts is started by reading-ahead.ts')

/** Bundles that the other side has not taken yet. */
let waiting = 0
let bundleTaken = (): void => {}
let bundle: ThreadAnswer[] = []
let bundleBytes = 0
let jobsLeft = 0
let jobs = Promise.resolve()

port.on('message', (message: ThreadMessage) => {
  if (message.kind === 'taken') {
    waiting--
    return bundleTaken()
  }
  jobsLeft += message.jobs.length
  for (const job of message.jobs) jobs = jobs.then(() => work(job))
})

async function work(job: ThreadJob): Promise<void> {
  try {
    const format = importers[job.importer]?.format
    if (format?.kind !== 'lines') throw new TypeError(`importer ${job.importer} has no lines`)
    for (const part of gatherLines(format, job.log, job.progress)) {
      bundle.push({ id: job.id, kind: 'part', part })
      bundleBytes += part.bytes
      if (bundleBytes >= BUNDLE_BYTES) await send()
    }
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    bundle.push({ id: job.id, kind: 'failed', message, code })
  }
  jobsLeft--
  if (jobsLeft === 0) await send()
}

async function send(): Promise<void> {
  if (bundle.length === 0) return
  if (waiting >= BUNDLES_AHEAD) await new Promise<void>((resolve) => (bundleTaken = resolve))
  waiting++
  port?.postMessage(JSON.stringify(bundle))
  bundle = []
  bundleBytes = 0
}
