/** The thread that reads ahead: takes jobs, answers with the parts of their logs. `reading-ahead.ts` starts it. */
import { parentPort } from 'node:worker_threads'

import { importers } from '../importers.ts'
import { gatherLines } from './gather-lines.ts'
import { PARTS_AHEAD, type ThreadAnswer, type ThreadMessage } from './thread-messages.ts'

const port = parentPort
if (port === null) throw new Error('reading-thread.ts is started by reading-ahead.ts')

/** Parts that the other side has not taken yet. */
let waiting = 0
let partTaken = (): void => {}
let jobs = Promise.resolve()

port.on('message', (message: ThreadMessage) => {
  if (message.kind === 'taken') {
    waiting--
    partTaken()
  } else jobs = jobs.then(() => work(message))
})

async function work({ id, importer, log, progress }: Extract<ThreadMessage, { kind: 'job' }>): Promise<void> {
  try {
    const format = importers[importer]?.format
    if (format?.kind !== 'lines') throw new TypeError(`importer ${importer} has no lines`)
    for (const part of gatherLines(format, log, progress)) {
      if (waiting >= PARTS_AHEAD) await new Promise<void>((resolve) => (partTaken = resolve))
      waiting++
      // JSON costs half of what the runtime's own way of copying objects between threads does.
      answer({ id, kind: 'part', json: JSON.stringify(part), isLast: part.isLast })
    }
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    answer({ id, kind: 'failed', message, code })
  }
}

function answer(message: ThreadAnswer): void {
  port?.postMessage(message)
}
