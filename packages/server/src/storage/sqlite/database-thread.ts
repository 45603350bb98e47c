import { parentPort, workerData } from 'node:worker_threads'

import { openDatabase } from './open-database.ts'
import { readerOperations } from './reader-operations.ts'
import { answerCalls, cloneable } from './thread-calls.ts'
import { writerOperations } from './writer-operations.ts'

/** Entry of a database thread: opens its own connection and answers calls until the port closes. */
const { file, role } = workerData as { file: string; role: 'writer' | 'reader' }

if (parentPort === null) throw new Error('database-thread.ts runs in a worker thread only')
try {
  const database = await openDatabase(file)
  answerCalls(parentPort, role === 'writer' ? writerOperations(database) : readerOperations(database))
} catch (error) {
  throw cloneable(error)
}
