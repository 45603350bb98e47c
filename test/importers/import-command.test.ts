import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { beforeAll, describe, expect, it } from 'vitest'

import { answer, mainFile, prompt, START_MS, uuid } from '../../packages/importers/src/testing/transcript.ts'
import { asLines } from '../../packages/importers/src/testing/workbench.ts'
import { startCli, startServe, type Variables } from '../cli/run-cli.ts'
import { storedEventIds } from '../end-to-end/stored.ts'
import { startGuideServer } from '../guide/guide-server.ts'
import { aHome, filesBelow, type Home, RECORDED_TASKS } from './a-home.ts'
import { startRecordingProxy } from './recording-proxy.ts'

const NOBODY: Variables = { MOSAIC_TELEMETRY_SERVER_URL: 'http://127.0.0.1:9' }

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

describe('what leaves the machine', () => {
  it.each(['1', 'true'])(
    'is nothing under DO_NOT_TRACK=%s; the logs are read all the same',
    async (value) => {
      await using server = await startGuideServer()
      await using proxy = await startRecordingProxy(server.url)
      using home = aHome()
      home.bringRecorded()

      const { code, stderr, stdout } = await home.run('import', {
        ...server.variables,
        MOSAIC_TELEMETRY_SERVER_URL: proxy.url,
        DO_NOT_TRACK: value,
      })

      expect({ code, received: proxy.received }).toEqual({ code: 0, received: [] })
      expect(stdout).toMatch(/^claude-code +6 +\d+ +5 +0 +0 /m)
      expect(stderr).toContain('DO_NOT_TRACK is set')
      expect(existsSync(join(home.path, '.local/share/mosaic-telemetry/spool'))).toBe(false)
    },
  )

  it('holds no text of a transcript, no path, no branch and no address, neither on the wire nor in the spool', async () => {
    await using server = await startGuideServer()
    await using proxy = await startRecordingProxy(server.url)
    using home = aHome()
    home.bringRecorded()
    const at = (Date.now() - START_MS) / 1000 - 86_400
    home.write(mainFile(), [
      prompt('Rotate SECRET-PROMPT for alice@example.com', {
        promptId: uuid(1),
        at,
        gitBranch: 'SECRET-BRANCH',
      }),
      answer({ id: 'a', at: at + 60, cwd: '/home/SECRET-USER/SECRET-PROJECT' }),
    ])
    const spoolDir = join(home.path, 'spool')
    const variables = { ...server.variables, MOSAIC_TELEMETRY_SPOOL_DIR: spoolDir }

    await home.run('import', { ...variables, ...NOBODY })
    const spooled = filesBelow(spoolDir)
      .map((file) => readFileSync(file, 'latin1'))
      .join('\n')
    await home.run('import', {
      ...variables,
      MOSAIC_TELEMETRY_SERVER_URL: proxy.url,
      MOSAIC_TELEMETRY_LEDGER: join(home.path, 'other.db'),
    })

    const told = [spooled, proxy.received.join('\n')]
    for (const text of told) {
      expect(text.match(/"event_id"/g)).toHaveLength(RECORDED_TASKS + 1)
      for (const secret of ['SECRET', 'alice', 'example.com', home.path, '/workspace', ...textsIn(home)]) {
        expect(text).not.toContain(secret)
      }
    }
  })
})

describe('an import that is disturbed', () => {
  const sessions = manySessions()
  let clean: unknown

  beforeAll(async () => {
    using home = aHome()
    for (const [name, lines] of sessions) home.write(name, lines)
    clean = await resultOf(home)
  })

  it('ends with the same ledger and the same events after it was killed half way', async () => {
    using home = aHome()
    for (const [name, lines] of sessions) home.write(name, lines)
    const child = startCli(['import'], home.variables)
    await until(() => existsSync(`${home.ledger}-wal`))
    child.process.kill('SIGKILL')
    const { signal } = await child.finished

    expect(signal).toBe('SIGKILL')
    expect(await resultOf(home)).toEqual(clean)
  })

  it('ends with the same ledger and the same events where an agent was writing meanwhile', async () => {
    using home = aHome()
    const child = startCli(['import', '--watch'], home.variables)
    await until(() => existsSync(`${home.ledger}-wal`))
    for (const [name, lines] of sessions) await writeInPieces(home, name, Buffer.from(asLines(lines)))
    child.process.kill('SIGINT')
    const { code } = await child.finished

    expect(code).toBe(0)
    expect(await resultOf(home)).toEqual(clean)
  })
})

/** What the ledger holds and what would be sent, once an import has run to its end. */
async function resultOf(home: Home): Promise<unknown> {
  await home.run('import')
  const { stdout } = await home.run('import --dry-run')
  return { contents: await home.ledgerContents(), events: stdout }
}

function manySessions(): readonly (readonly [path: string, lines: readonly unknown[]])[] {
  return Array.from({ length: 60 }, (_, n) => {
    const session = uuid(n + 1)
    const turn = (number: number): readonly unknown[] => {
      const at = number * 100
      const steps = [1, 2, 3, 4].map((step) =>
        answer({ session, id: `${n}-${number}-${step}`, at: at + step }),
      )
      return [prompt('go', { session, promptId: uuid(n * 1000 + number), at }), steps].flat()
    }
    return [mainFile(session), [turn(1), turn(2)].flat()] as const
  })
}

/** As an agent writes: cut anywhere, also within a line. */
async function writeInPieces(home: Home, name: string, bytes: Buffer): Promise<void> {
  home.write(name, '')
  for (let from = 0; from < bytes.length; from += 1777) {
    appendFileSync(join(home.path, name), bytes.subarray(from, from + 1777))
    await sleep(1)
  }
}

/** What a person or a model may have written in the transcripts, long enough to be told from a word of ours. */
function textsIn(home: Home): readonly string[] {
  const files = filesBelow(join(home.path, '.claude')).map((file) => readFileSync(file, 'utf8'))
  const fields = /"(?:text|content|command|prompt|slug|cwd|gitBranch)":"([^"\\]{12,})/g
  const texts = files.flatMap((file) => [...file.matchAll(fields)].map(([, text]) => text!))
  expect(texts.length).toBeGreaterThan(20)
  return texts
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2)
}
