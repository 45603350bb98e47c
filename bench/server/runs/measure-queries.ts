import { performance } from 'node:perf_hooks'

import { quantile } from '../harness/quantile.ts'
import { COMMON_AGENT, DAYS, END_MS, randomOf, RARE_AGENT } from './fill-store.ts'
import type { ServerProcess } from './server-process.ts'

/** One question, asked with other values each time where it has any. */
interface QueryCase {
  readonly name: string
  /** The query string of one asking; `random` gives numbers between 0 and 1. */
  readonly query: (random: () => number) => Record<string, string>
}

export interface QueryResult {
  readonly name: string
  readonly page: 'first' | 'page 1000 by offset' | 'page 1000 by cursor'
  readonly runs: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** The same for a question that costs nothing, asked in between: what the machine adds. */
  readonly controlP99Ms: number
  /** CPU of the server for one asking and one control. */
  readonly cpuMs: number
}

const DAY_MS = 86_400_000
const FIRST_MS = END_MS - DAYS * DAY_MS

const time = (ms: number) => new Date(ms).toISOString()
const anyTime = (random: () => number) => FIRST_MS + random() * DAYS * DAY_MS

/** A span of start times somewhere in the year. */
function startedWithin(days: number) {
  return (random: () => number) => {
    const fromMs = FIRST_MS + random() * (DAYS - days) * DAY_MS
    return { start_time_from: time(fromMs), start_time_to: time(fromMs + days * DAY_MS) }
  }
}

export const queryCases: readonly QueryCase[] = [
  { name: 'no filter', query: () => ({}) },
  { name: 'agent_name, any', query: (random) => ({ agent_name: `agent-${Math.floor(200 * random())}` }) },
  { name: 'agent_name, the one with most runs', query: () => ({ agent_name: COMMON_AGENT }) },
  { name: 'status success', query: () => ({ status: 'success' }) },
  { name: 'status failure', query: () => ({ status: 'failure' }) },
  { name: 'job_type, any', query: (random) => ({ job_type: `job-${Math.floor(20 * random())}` }) },
  {
    name: 'parent_run_id, any',
    query: (random) => ({ parent_run_id: `run-${Math.floor(1000 * random())}` }),
  },
  { name: 'created_before, any time', query: (random) => ({ created_before: time(anyTime(random)) }) },
  { name: 'created_after, any time', query: (random) => ({ created_after: time(anyTime(random)) }) },
  { name: 'start_time_from, any time', query: (random) => ({ start_time_from: time(anyTime(random)) }) },
  { name: 'start_time_to, any time', query: (random) => ({ start_time_to: time(anyTime(random)) }) },
  { name: 'start times within an hour', query: startedWithin(1 / 24) },
  { name: 'start times within a day', query: startedWithin(1) },
  { name: 'start times within 30 days', query: startedWithin(30) },
  {
    name: 'agent with most runs, status partial',
    query: () => ({ agent_name: COMMON_AGENT, status: 'partial' }),
  },
  {
    name: 'agent with few runs, status success',
    query: () => ({ agent_name: RARE_AGENT, status: 'success' }),
  },
  {
    name: 'agent with most runs, start times within a day',
    query: (random) => ({ agent_name: COMMON_AGENT, ...startedWithin(1)(random) }),
  },
  {
    name: 'status success, start times within a day',
    query: (random) => ({ status: 'success', ...startedWithin(1)(random) }),
  },
]

const PAGE = 100
const DEEP_OFFSET = 999 * PAGE

/** Asks every question over HTTP, one at a time, and times it from the request to the whole answer. */
export async function measureQueries(
  server: ServerProcess,
  askings: number,
): Promise<readonly QueryResult[]> {
  const results: QueryResult[] = []
  const { url } = server
  for (const { name, query } of queryCases) {
    const random = randomOf(1)
    results.push({ name, page: 'first', ...(await timeList(server, askings, () => query(random))) })

    const deep = { ...query(randomOf(2)), offset: String(DEEP_OFFSET) }
    const { cursor, runs } = await ask(url, deep)
    if (runs < PAGE || cursor === undefined) continue // it has no page 1000
    results.push({ name, page: 'page 1000 by offset', ...(await timeList(server, askings, () => deep)) })
    const next = { ...query(randomOf(2)), cursor }
    results.push({ name, page: 'page 1000 by cursor', ...(await timeList(server, askings, () => next)) })
  }
  return results
}

async function timeList(server: ServerProcess, askings: number, query: () => Record<string, string>) {
  const { url } = server
  const cpuBeforeMs = server.cpuMs()
  const tookMs: number[] = []
  const controlMs: number[] = []
  let runs = 0
  for (let asking = 0; asking < askings; asking++) {
    const parameters = query()
    const startedAtMs = performance.now()
    runs = Math.max(runs, (await ask(url, parameters)).runs)
    const answeredAtMs = performance.now()
    tookMs.push(answeredAtMs - startedAtMs)
    await (await fetch(`${url}/api/v1/runs/not-there`)).arrayBuffer()
    controlMs.push(performance.now() - answeredAtMs)
  }
  return {
    runs,
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
    controlP99Ms: quantile(controlMs, 0.99),
    cpuMs: (server.cpuMs() - cpuBeforeMs) / askings,
  }
}

async function ask(url: string, query: Record<string, string>) {
  const response = await fetch(`${url}/api/v1/runs?${new URLSearchParams({ limit: String(PAGE), ...query })}`)
  const runs = (await response.json()) as readonly unknown[]
  if (!response.ok) throw new Error(`${response.status}: ${JSON.stringify(runs)}`)
  const next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
  const cursor = next === undefined ? undefined : new URL(next, url).searchParams.get('cursor')
  return { runs: runs.length, cursor: cursor ?? undefined }
}
