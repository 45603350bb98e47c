import { soakRuns } from './soak-runs.ts'

/** The size that the promise is made for; the tests run a tenth of it. */
const result = await soakRuns({ processes: 16, runsPerProcess: 1000, restarts: 3 })
console.log(result)
if (result.stored !== 16_000 || result.repeated > 0 || result.open > 0) process.exitCode = 1
