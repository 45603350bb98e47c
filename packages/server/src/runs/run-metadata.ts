import type { RunCounts, RunStore } from '../storage/run-store.ts'

const DAY_US = 24 * 3_600_000_000
const CACHE_MS = 10_000

export interface RunMetadata {
  readonly agent_names: readonly string[]
  readonly job_types: readonly string[]
  readonly counts: { readonly agent_names: number; readonly job_types: number; readonly total_runs: number }
  readonly cache_hit: boolean
}

/** Which agents and jobs there are, and how many runs; asked often by dashboards, so kept for ten seconds. */
export class RunMetadataCache {
  readonly #store: Pick<RunStore, 'countRuns'>
  readonly #nowMs: () => number
  #known: { readonly counts: RunCounts; readonly atMs: number } | undefined
  /** Grows with every run, so that counts taken before it are not kept as if they knew it. */
  #generation = 0

  constructor(store: Pick<RunStore, 'countRuns'>, nowMs: () => number) {
    this.#store = store
    this.#nowMs = nowMs
  }

  /** Called when a run was created: who asks next may look for it. */
  clear(): void {
    this.#known = undefined
    this.#generation++
  }

  async metadata(): Promise<RunMetadata> {
    const { counts, isCached } = await this.#counts()
    const agentNames = unique(counts.byAgentAndJobType.map(({ agentName }) => agentName))
    const jobTypes = unique(counts.byAgentAndJobType.map(({ jobType }) => jobType))
    return {
      agent_names: agentNames,
      job_types: jobTypes,
      counts: { agent_names: agentNames.length, job_types: jobTypes.length, total_runs: counts.total },
      cache_hit: isCached,
    }
  }

  /** `total_runs`, runs by agent, and those of the last 24 hours. */
  async statistics() {
    const { counts } = await this.#counts()
    const agents = new Map<string, number>() // an object would take an agent called `constructor` for something it has
    for (const { agentName, runs } of counts.byAgentAndJobType)
      agents.set(agentName, (agents.get(agentName) ?? 0) + runs)
    return { total_runs: counts.total, agents: Object.fromEntries(agents), recent_24h: counts.recent }
  }

  async #counts(): Promise<{ readonly counts: RunCounts; readonly isCached: boolean }> {
    const nowMs = this.#nowMs()
    // Also where the clock was set back since.
    if (this.#known !== undefined && Math.abs(nowMs - this.#known.atMs) < CACHE_MS) {
      return { counts: this.#known.counts, isCached: true }
    }
    const generation = this.#generation
    const counts = await this.#store.countRuns(nowMs * 1000 - DAY_US)
    if (generation === this.#generation) this.#known = { counts, atMs: nowMs }
    return { counts, isCached: false }
  }
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort()
}
