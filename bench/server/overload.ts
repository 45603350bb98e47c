import { parseArgs } from 'node:util'

import { describeMachine, measureBusyness } from './harness/machine.ts'
import { overloadText } from './ingest/report/overload-text.ts'
import { keepResults } from './ingest/report/results.ts'
import { measureOverload } from './overload/measure-overload.ts'

/** Asks for twice what the server takes and shows what becomes of it. See README.md. */
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    'commit-ms': { type: 'string', default: '400' },
    clients: { type: 'string', default: '96' },
    processes: { type: 'string', default: '4' },
  },
})

const before = measureBusyness()
const measured = await measureOverload({
  minutes: Number(options.minutes),
  commitMs: Number(options['commit-ms']),
  clients: Number(options.clients),
  processes: Number(options.processes),
})
const overload = {
  ...measured,
  machine: describeMachine(before, measureBusyness()),
  date: new Date().toISOString().slice(0, 10),
}
keepResults({ overload })
console.log(overloadText(overload))
if (overload.differing > 0 || overload.stored !== overload.tracked) process.exitCode = 1
