import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { OpenSdk } from '../adapters/adapter.ts'
import { sdks } from '../adapters/all.ts'
import { floor } from '../adapters/floor.ts'
import { benchEvent } from '../event.ts'
import { reportToParent } from '../report-to-parent.ts'
import type { CostChildInput, CostChildReport } from './cost-protocol.ts'
import { measureCall } from './measure-call.ts'
import { measureHeld } from './measure-held.ts'

/** One measurement of one SDK, then the end of the process. */
const input = JSON.parse(process.argv[2] ?? '') as CostChildInput
const adapter = [...sdks, floor].find((candidate) => candidate.name === input.sdk)
if (adapter === undefined) throw new Error(`no adapter is named ${input.sdk}`)

if (input.task === 'import') {
  const startedAtMs = performance.now()
  for (const name of adapter.packages) await import(name)
  tell({ kind: 'imported', importMs: performance.now() - startedAtMs })
  process.exit(0)
}

const sdk = await adapter.open({
  ...input.options,
  maxQueuedEvents: input.options.maxQueuedEvents,
  onReport: () => undefined,
})
tell({ kind: 'starting' })
if (input.task === 'call') {
  tell({ kind: 'called', ...(await measureCall(sdk, input.events)) })
} else if (input.task === 'held') {
  tell({ kind: 'held', bytesPerEvent: await measureHeld(sdk, input.events) })
  await sdk.stop()
} else {
  await work(sdk, input.events)
}
process.exit(0)

/** Tracks everything and shuts down. The harness says when the last event has arrived, or that it will not wait. */
async function work(worker: OpenSdk, events: number): Promise<void> {
  const toldToEnd = once(process.stdin.resume(), 'end')
  const before = process.cpuUsage()
  // A shutdown that fails is an SDK's own affair: what it did not deliver shows in the count.
  trackAll(worker, events).catch(() => undefined)
  await toldToEnd
  const { user, system } = process.cpuUsage(before)
  tell({ kind: 'worked', cpuS: (user + system) / 1e6 })
}

async function trackAll(worker: OpenSdk, events: number): Promise<void> {
  for (let index = 0; index < events; index++) {
    if (index % 1000 === 999) await nextTurn()
    worker.track(benchEvent(index))
  }
  await worker.stop()
}

function tell(report: CostChildReport): void {
  reportToParent(report)
}
