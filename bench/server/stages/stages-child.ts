import { renderRequests } from '../ingest/event-request.ts'
import { measureStages, type StageTable } from './stages.ts'

/** Prints what each stage of ingest costs as JSON. A process of its own, with collection on the thread that is measured. */
const tables: StageTable[] = []
for (const perBatch of [100, 1]) {
  const requests = renderRequests(perBatch === 1 ? 4096 : 512, perBatch, 'random')
  tables.push({ perBatch, stages: await measureStages(requests, perBatch) })
}
console.log(JSON.stringify(tables))
process.exit() // the servers that were measured keep their timers
