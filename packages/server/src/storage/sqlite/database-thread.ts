import { parentPort, workerData } from 'node:worker_threads'

import { copierOperations } from './copier-operations.ts'
import type { DatabaseThreadRole } from './database-thread-role.ts'
import { openDatabase } from './open-database.ts'
import { readerOperations } from './reader-operations.ts'
import { snapshotOperations } from './snapshot-operations.ts'
import { answerCalls, cloneable } from './thread-calls.ts'
import { writerOperations } from './writer-operations.ts'

/** Entry of a database thread: opens its own connection and answers calls until the port closes. */
const { file, role } = workerData as { file: string; role: DatabaseThreadRole }
const operations = {
  writer: writerOperations,
  reader: readerOperations,
  snapshot: snapshotOperations,
  copier: copierOperations,
}

if (parentPort === null) throw new Error('database-thread.ts runs in a worker thread only')
try {
  const database = await openDatabase(file)
  answerCalls(parentPort, operations[role](database))
} catch (error) {
  throw cloneable(error)
}
