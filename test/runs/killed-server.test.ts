import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { aRun } from '../../packages/server/src/testing/a-run.ts'
import { type ChildServer, startChildServer } from './child-server.ts'

let dataDir: string
let server: ChildServer
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'killed-'))
})
afterEach(async () => {
  await server.end('SIGTERM')
  rmSync(dataDir, { recursive: true, force: true })
})

/** What its writers know of a run: `sent` may be stored or not, the others are acknowledged. */
type Known = Map<string, 'sent' | 'created' | 'ended'>

const ROUNDS = 3
const WRITERS = 6
const ACKNOWLEDGED_BEFORE_KILL = 100

/** Writes runs one by one until the server is gone; every third goes to its end, in a batch. */
async function writeUntilGone(writer: string, known: Known, onAcknowledged: () => void): Promise<void> {
  for (let number = 0; ; number++) {
    const eventId = `${writer}-${number}`
    known.set(eventId, 'sent')
    if (!(await send('/api/v1/runs', aRun({ event_id: eventId })))) return
    known.set(eventId, 'created')
    onAcknowledged()
    if (number % 3 > 0) continue
    if (!(await send('/api/v1/runs/batch', [aRun({ event_id: eventId, status: 'success' })]))) return
    known.set(eventId, 'ended')
  }
}

/** Whether the server has acknowledged it. */
async function send(path: string, body: unknown): Promise<boolean> {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  try {
    const response = await fetch(`${server.url}${path}`, request)
    return response.ok
  } catch {
    return false
  }
}

/** Status by event_id of every run there is. */
async function readAll(): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (let next: string | undefined = '/api/v1/runs?limit=1000'; next !== undefined;) {
    const response: Response = await fetch(`${server.url}${next}`)
    for (const run of (await response.json()) as { event_id: string; status: string }[]) {
      expect(found.has(run.event_id)).toBe(false)
      found.set(run.event_id, run.status)
    }
    next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
  }
  return found
}

/** Kills the server in the midst of the writing of a round. */
async function writeAndKill(round: number, known: Known): Promise<void> {
  let acknowledged = 0
  let killed: Promise<void> | undefined
  const writers = Array.from({ length: WRITERS }, (_, writer) =>
    writeUntilGone(`${round}-${writer}`, known, () => {
      acknowledged++
      if (acknowledged >= ACKNOWLEDGED_BEFORE_KILL + round * 7) killed ??= server.end('SIGKILL')
    }),
  )
  await Promise.all(writers)
  await killed
}

describe('a server that is killed with SIGKILL while runs are written', () => {
  it('has every acknowledged write when it starts again, and counts a repeated one once', async () => {
    const known: Known = new Map()
    for (let round = 0; round < ROUNDS; round++) {
      server = await startChildServer(dataDir)
      await writeAndKill(round, known)
    }

    server = await startChildServer(dataDir)
    const stored = await readAll()
    const repeats = [...known.keys()].map((eventId) => send('/api/v1/runs', aRun({ event_id: eventId })))
    expect(await Promise.all(repeats)).not.toContain(false)
    const afterRepeats = await readAll()

    const lost = [...known].filter(([eventId, state]) => state !== 'sent' && !stored.has(eventId))
    const reopened = [...known].filter(([id, state]) => state === 'ended' && stored.get(id) !== 'success')
    expect({ lost, reopened }).toEqual({ lost: [], reopened: [] })
    expect(afterRepeats.size).toBe(known.size)
    const { total_runs: total } = (await (await fetch(`${server.url}/metrics`)).json()) as {
      total_runs: number
    }
    expect(total).toBe(known.size)
  })
})
