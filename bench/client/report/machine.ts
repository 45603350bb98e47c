import { cpus, loadavg, release, totalmem, type } from 'node:os'

/** What a reader needs to compare his figures with these. */
export interface Machine {
  readonly node: string
  readonly system: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  /** One-minute load before the first and after the last measurement. */
  readonly loadBefore: number
  readonly loadAfter: number
  readonly date: string
}

/** Describes the machine; `loadBefore` was taken when the run began. */
export function describeMachine(loadBefore: number): Machine {
  const processors = cpus()
  return {
    node: process.version,
    system: `${type()} ${release()}`,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 1e9),
    loadBefore,
    loadAfter: currentLoad(),
    date: new Date().toISOString(),
  }
}

/** One-minute load average. */
export function currentLoad(): number {
  return loadavg()[0] ?? 0
}

/** Milliseconds a fixed piece of arithmetic takes; how it differs between rounds is the machine's noise. */
export function spinMs(): number {
  const startedAtMs = performance.now()
  let state = 1
  for (let i = 0; i < 50_000_000; i++) state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
  const tookMs = performance.now() - startedAtMs
  // The result is used, so that the compiler cannot drop the loop.
  return state === 0.5 ? Number.NaN : tookMs
}
