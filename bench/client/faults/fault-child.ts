import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sdks } from '../adapters/all.ts'
import { benchEvent } from '../event.ts'
import { reportToParent } from '../report-to-parent.ts'
import type { FaultChildInput, FaultChildReport } from './fault-protocol.ts'

/** The application of the fault rows: opens one SDK, tracks, and ends as it is told. Tells the harness as it goes. */
const input = JSON.parse(process.argv[2] ?? '') as FaultChildInput
const adapter = sdks.find((candidate) => candidate.name === input.sdk)
if (adapter === undefined) throw new Error(`no adapter is named ${input.sdk}`)

const sdk = await adapter.open({
  ...input.options,
  maxQueuedEvents: input.options.maxQueuedEvents,
  onReport: (report) => tell({ kind: 'told', message: messageOf(report) }),
})

tell({ kind: 'starting' })
for (let index = 0; index < input.events; index++) {
  // Events come from an agent's turns, not from one loop: every hundred the SDK gets its turn.
  if (index % 100 === 99) await nextTurn()
  sdk.track(benchEvent(index, input.options.instanceId))
}
tell({ kind: 'tracked' })

switch (input.ending) {
  case 'exit':
    process.exit(0)
    break
  case 'exception':
    // Out of the module's own promise, which would make it a rejection.
    process.nextTick(() => {
      throw new Error('the application has a bug')
    })
    break
  case 'return':
    break
  case 'sigterm':
  case 'sigkill':
    process.stdin.resume() // alive until the harness kills it
    break
  case 'stop':
    if (!input.stopsAtOnce) await once(process.stdin.resume(), 'end')
    await stop()
}

async function stop(): Promise<void> {
  const startedAtMs = performance.now()
  try {
    await sdk.stop()
  } catch (error) {
    tell({ kind: 'told', message: messageOf(error) }) // a shutdown that fails tells its caller
  }
  tell({ kind: 'stopped', tookMs: performance.now() - startedAtMs })
  process.stdin.destroy()
}

function tell(report: FaultChildReport): void {
  reportToParent(report)
}

function messageOf(report: unknown): string {
  return String(report instanceof Error ? report.message : report).slice(0, 200)
}
