import { parseArgs } from 'node:util'

import { renderRequests } from './ingest/event-request.ts'
import { measureStages } from './stages/stages.ts'

/**
 * Prints what each stage of ingest costs, in microseconds of CPU an event:
 *
 *     npx tsc -b packages/cli && npx tsc -p bench/server && node --single-threaded-gc bench/server/dist/ingest-stages.js
 */
const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false } } })

const results = []
for (const perBatch of [100, 1]) {
  const stages = await measureStages(
    renderRequests(perBatch === 1 ? 4096 : 512, perBatch, 'random'),
    perBatch,
  )
  results.push({ perBatch, stages })
  if (options.json) continue
  console.log(`\nbatches of ${perBatch}`)
  for (const { name, thread, microsPerEvent } of stages)
    console.log(`${thread.padEnd(8)}${microsPerEvent.toFixed(2).padStart(8)}  ${name}`)
}
if (options.json) console.log(JSON.stringify(results))
process.exit()
