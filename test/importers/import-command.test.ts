import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { startServe } from '../cli/run-cli.ts'
import { storedEventIds } from '../end-to-end/stored.ts'
import { startGuideServer } from '../guide/guide-server.ts'
import { expectedSessions, recordedBodies } from '../otlp/recorded.ts'
import { aHome, filesBelow, RECORDED_TASKS } from './a-home.ts'
import { startRecordingProxy } from './recording-proxy.ts'

describe('import', () => {
  it('stores each task once, however often it runs', async () => {
    await using server = await startGuideServer()
    using home = aHome()
    home.bringRecorded()

    const first = await home.run('import', server.variables)
    const second = await home.run('import --json', server.variables)

    expect(first).toMatchObject({ code: 0 })
    expect(first.stdout).toMatch(/^claude-code +6 +\d+ +5 +5 +0 +2 +0 +0$/m)
    expect(first.stderr).toContain('2 tasks lack subagent_output')
    expect(JSON.parse(second.stdout)).toMatchObject({
      agents: [{ agent: 'claude-code', tasks: 5, sent: 0, sent_before: 5 }],
      delivery: { sent: 0, spooled: 0, waiting: 0 },
      reason: null,
    })
    expect(await server.stored()).toHaveLength(RECORDED_TASKS)
  })

  it('stores nothing twice where the ledger is lost, because event ids come from the logs', async () => {
    await using server = await startGuideServer()
    using home = aHome()
    home.bringRecorded()

    for (const name of ['one.db', 'two.db']) {
      const variables = { ...server.variables, MOSAIC_TELEMETRY_LEDGER: join(home.path, name) }
      expect(await home.run('import', variables)).toMatchObject({ code: 0 })
    }

    expect(await server.stored()).toHaveLength(RECORDED_TASKS)
  })

  it('keeps what it read while nobody is there to be told, and sends it later', async () => {
    await using server = await startGuideServer()
    using home = aHome()
    home.bringRecorded()

    const alone = await home.run('import')
    const later = await home.run('import --json', server.variables)

    expect(alone).toMatchObject({ code: 0 })
    expect(alone.stderr.replaceAll('\n', ' ')).toContain('5 events not sent (no server is known')
    expect(JSON.parse(later.stdout).delivery.sent).toBe(RECORDED_TASKS)
    expect(await server.stored()).toHaveLength(RECORDED_TASKS)
  })

  it('leaves its events in the spool while the server is away, and `sync` delivers them', async () => {
    using home = aHome()
    home.bringRecorded()
    const dataDir = join(home.path, 'server')
    const before = await startServe(dataDir)
    const { port } = new URL(before.url)
    await before.stop()

    const away = await home.run(`import --data-dir ${dataDir}`)
    const again = await home.run(`import --data-dir ${dataDir} --json`)
    await using _server = await startServe(dataDir, {}, port)
    const sync = await home.run(`sync --data-dir ${dataDir}`)

    expect(away.stderr).toContain('5 events of these wait in the spool')
    expect(JSON.parse(again.stdout).agents[0]).toMatchObject({ sent: 0, sent_before: RECORDED_TASKS })
    expect(sync.stdout).toMatch(/^events +5 +0 +0 /m)
    expect(await storedEventIds(dataDir)).toHaveLength(RECORDED_TASKS)
  })

  it('sends the tasks of the agents that are named, and of logs that were moved', async () => {
    using home = aHome()
    home.bringRecorded()
    const inside = join(home.path, '.claude/projects')
    const file = filesBelow(inside).find((path) => !path.includes('subagents'))

    const runs = await Promise.all(
      ['claude-code', 'codex', inside, `claude-code:${inside}`, home.path, file].map((source) =>
        home.run(`import --dry-run ${source}`),
      ),
    )

    expect(runs.map(({ stdout }) => stdout.split('\n').length - 1)).toEqual([5, 0, 5, 5, 5, 2])
  })

  it.each([
    ['import cluade-code', 'Did you mean claude-code?'],
    ['import --since yesterday', '--since: "yesterday" is not a day'],
    ['import --per month', "option '--per <unit>' argument 'month' is invalid"],
    ['import package.json', 'holds no log of a known agent'],
  ])('%s exits 2 and says what would be right', async (line, message) => {
    using home = aHome()

    expect(await home.run(line)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    })
  })

  it('refuses to send sessions after tasks: the same work would count twice', async () => {
    await using server = await startGuideServer()
    using home = aHome()
    home.bringRecorded()
    await home.run('import --per session', server.variables)

    const other = await home.run('import', server.variables)

    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('one event a session') })
    expect(await server.stored()).toHaveLength(3)
  })

  it('sends only what ended on a day or later', async () => {
    using home = aHome()
    home.bringRecorded()

    const runs = await Promise.all(['1d', '2d'].map((day) => home.run(`import --dry-run --since ${day}`)))

    expect(runs.map(({ stdout }) => stdout.split('\n').length - 1)).toEqual([0, RECORDED_TASKS])
  })
})

describe('what OpenTelemetry told the server', () => {
  it('is merged request by request: every session costs what was billed, and is claimed', async () => {
    await using server = await startGuideServer({ rateLimitEnabled: false })
    using home = aHome()
    home.bringRecorded()
    const authorization = `Bearer ${server.variables['MOSAIC_TELEMETRY_API_KEY']}`
    for (const body of recordedBodies('logs')) {
      const headers = { 'content-type': 'application/json', authorization }
      await fetch(`${server.url}/v1/logs`, { method: 'POST', headers, body: JSON.stringify(body) })
    }

    const imported = JSON.parse((await home.run('import --json', server.variables)).stdout)
    const again = JSON.parse((await home.run('import --json', server.variables)).stdout)
    const { rows } = JSON.parse((await home.run('report --by session --json --no-read')).stdout)

    const listed = await fetch(`${server.url}/v1/otlp/sessions`, { headers: { authorization } })
    const { sessions } = (await listed.json()) as { sessions: { claimed_until: string | null }[] }
    expect(imported.telemetry).toMatchObject({ kind: 'merged', sessions: 3 })
    expect(again.telemetry).toEqual({ kind: 'merged', sessions: 0, requests: 0 })
    expect(sessions.map((session) => session.claimed_until === null)).toEqual([false, false, false])
    for (const { cost_micro_usd: micros, counts, session } of expectedSessions) {
      const row = rows.find(({ name }: { name: string }) => name === session)
      expect(row).toMatchObject({ requests: counts.requests, missing: [] })
      expect(Math.abs(row.cost_usd * 1e6 - micros)).toBeLessThanOrEqual(counts.requests)
    }
  })
})

describe('a dry run', () => {
  it('prints the very events that are sent, sends nothing and keeps nothing', async () => {
    await using server = await startGuideServer()
    await using proxy = await startRecordingProxy(server.url)
    const variables = { ...server.variables, MOSAIC_TELEMETRY_SERVER_URL: proxy.url }
    using home = aHome()
    home.bringRecorded()
    const before = home.snapshot()

    const dry = await home.run('import --dry-run', variables)
    const requestsOfDryRun = proxy.received.length
    const after = home.snapshot()
    await home.run('import', variables)

    expect(requestsOfDryRun).toBe(0)
    expect(after).toEqual(before)
    const printed = dry.stdout.trim().split('\n')
    expect(printed).toHaveLength(RECORDED_TASKS)
    const sent = proxy.received.join('\n')
    for (const event of printed) expect(sent).toContain(event)
  })

  it('knows what was sent before', async () => {
    await using server = await startGuideServer()
    using home = aHome()
    home.bringRecorded()
    await home.run('import', server.variables)

    const dry = await home.run('import --dry-run', server.variables)

    expect(dry).toMatchObject({ code: 0, stdout: '' })
  })
})
