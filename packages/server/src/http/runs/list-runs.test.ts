import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { aRunServer, type RunServer } from '../../testing/a-run-server.ts'
import { START_MS, someRuns } from '../../testing/a-run.ts'

let server: RunServer
beforeAll(async () => {
  server = await aRunServer()
  const statuses = ['running', 'success', 'failure', 'partial'] as const
  const runs = someRuns(40, (index) => ({
    agent_name: `agent-${index % 2}`,
    job_type: `job-${index % 5}`,
    status: statuses[index % 4]!,
    parent_run_id: index < 3 ? 'parent' : null,
    // Runs 30 to 39 were recorded long after they had begun.
    start_time: new Date(START_MS + (index < 30 ? index : index - 30) * 60_000).toISOString(),
  }))
  await server.post('/api/v1/runs/batch', runs)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

/** Numbers of the runs that a query lists, in its order. */
async function list(query: string): Promise<number[]> {
  const answer = await server.get(`/api/v1/runs${query}`)
  expect(answer.status).toBe(200)
  return answer.body.map(({ event_id: id }: { event_id: string }) => Number(id.split('-').at(-1)))
}

const numbers = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, index) => from - index)
const minute = (index: number) => new Date(START_MS + index * 60_000).toISOString()

describe('GET /api/v1/runs', () => {
  it('lists all runs, the newest first', async () => {
    expect(await list('')).toEqual(numbers(39, 0))
  })

  it.each([
    ['?agent_name=agent-1', numbers(39, 0).filter((index) => index % 2 === 1)],
    ['?job_type=job-3', [38, 33, 28, 23, 18, 13, 8, 3]],
    ['?status=partial', numbers(39, 0).filter((index) => index % 4 === 3)],
    ['?status=failed', numbers(39, 0).filter((index) => index % 4 === 2)],
    ['?status=completed&limit=2', [37, 33]],
    ['?status=succeeded&limit=1', [37]],
    ['?parent_run_id=parent', [2, 1, 0]],
    ['?agent_name=nobody', []],
    ['?agent_name=', numbers(39, 0)],
    ['?agent_name=agent-0&agent_name=agent-1&limit=2', [39, 37]],
    ['?agent_name=agent-1&status=partial&job_type=job-4', [39, 19]],
    [`?created_before=${minute(3)}`, [2, 1, 0]],
    [`?created_after=${minute(36)}`, [39, 38, 37]],
    [`?created_after=${minute(3)}&created_before=${minute(6)}`, [5, 4]],
    [`?start_time_from=${minute(29)}`, [29]],
    [`?start_time_to=${minute(1)}`, [31, 30, 1, 0]],
    [`?start_time_from=${minute(5)}&start_time_to=${minute(5)}`, [35, 5]],
    [`?start_time_from=${minute(9)}&start_time_to=${minute(0)}`, []],
    ['?limit=1', [39]],
    ['?limit=3&offset=37', [2, 1, 0]],
    ['?offset=40', []],
    ['?offset=9007199254740991', []],
    ['?limit=1000', numbers(39, 0)],
  ])('answers %s', async (query, expected) => {
    expect(await list(query)).toEqual(expected)
  })

  it.each([
    ['with an offset of its own', '2026-11-21T14:03:00%2B02:00'],
    ['whose plus a form decoder has made a blank', '2026-11-21T14:03:00+02:00'],
    ['without an offset, which is UTC', '2026-11-21T12:03:00'],
    ['with a blank between day and time', '2026-11-21%2012:03:00'],
  ])('reads a time %s', async (_, time) => {
    expect(await list(`?created_before=${time}`)).toEqual([2, 1, 0])
  })

  it('reads a day as its midnight', async () => {
    expect(await list('?created_after=2026-11-22')).toEqual([])
    expect(await list('?created_after=2026-11-21')).toHaveLength(40)
  })

  it.each([
    ['?status=asleep', 400],
    ['?created_before=yesterday', 400],
    ['?created_after=2026-02-30', 400],
    ['?start_time_from=1795000000', 400],
    ['?start_time_to=x', 400],
    ['?cursor=nonsense', 400],
    ['?limit=0', 422],
    ['?limit=1001', 422],
    ['?limit=ten', 422],
    ['?limit=1.5', 422],
    ['?offset=-1', 422],
  ])('answers %s with %i that names the parameter', async (query, status) => {
    const answer = await server.get(`/api/v1/runs${query}`)

    expect(answer.status).toBe(status)
    expect(answer.body.error.details[0].path).toBe(/\?(\w+)=/.exec(query)?.[1])
  })
})

/** Follows `Link: rel="next"` to the end. */
async function walk(path: string, between: () => Promise<unknown> = async () => undefined) {
  const pages: string[][] = []
  for (let next: string | undefined = path; next !== undefined;) {
    const answer = await server.get(next)
    pages.push(answer.body.map(({ event_id: id }: { event_id: string }) => id))
    next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
    await between()
  }
  return pages
}

describe('paging by cursor', () => {
  it('leads through every run once, in order, and keeps the filters', async () => {
    const pages = await walk('/api/v1/runs?limit=3&agent_name=agent-1&offset=1')

    expect(pages.flat()).toEqual(
      numbers(37, 0)
        .filter((index) => index % 2 === 1)
        .map((index) => `event-${index}`),
    )
    expect(pages.every((page) => page.length <= 3)).toBe(true)
  })

  it('keeps every value of a repeated parameter', async () => {
    const pages = await walk('/api/v1/runs?limit=15&agent_name=agent-0&agent_name=agent-1')

    expect(pages.flat()).toHaveLength(20)
  })

  it('meets every run once while others are created, of the same moment too', async () => {
    const at = '2027-01-01T00:00:00Z'
    const filter = 'job_type=walked'
    const batch = (name: string, count: number) =>
      someRuns(count, (index) => ({ event_id: `${name}-${index}`, job_type: 'walked', created_at: at }))
    await server.post('/api/v1/runs/batch', batch('there', 60))
    let round = 0

    const pages = await walk(`/api/v1/runs?limit=7&${filter}`, () =>
      server.post('/api/v1/runs/batch', batch(`new-${round++}`, 10)),
    )

    const met = pages.flat()
    expect(new Set(met).size).toBe(met.length)
    expect(met.filter((id) => id.startsWith('there'))).toHaveLength(60)
  })

  it('ends without a link', async () => {
    const answer = await server.get('/api/v1/runs?limit=1000')

    expect(answer.headers.get('link')).toBeNull()
  })
})
