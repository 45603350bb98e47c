/**
 * What was really served, beside what three readers make of the same files: ours from the logs alone, ours with
 * OpenTelemetry merged, and ccusage. Tokens of every kind together, and dollars; cells that are right are bold.
 *
 * node dist/accuracy.js [--write]
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import {
  allInput,
  importers,
  importLogs,
  knownCost,
  type Ledger,
  mergeOtlp,
  openLedger,
  spend,
} from '@mosaicstack/telemetry-importers'
import Database from 'better-sqlite3'

import { CCUSAGE_VERSION, ccusage } from './ccusage.ts'
import { measure } from './measure.ts'
import { readOtlpRequests } from './otlp-requests.ts'
import { docs, markdownTable, writeSection } from './section.ts'

const fixtures = fileURLToPath(new URL('../../../packages/importers/src/testing/fixtures/', import.meta.url))

interface Expected {
  readonly harness: string
  readonly session: string
  readonly tokens: Readonly<Record<string, number>>
  readonly cost_micro_usd?: number
}

/** One reader's answer for a session. */
interface Answer {
  readonly tokens: number
  readonly usd: number | undefined
  readonly note: string | undefined
}

const THEIR_AGENTS: Readonly<Record<string, string>> = {
  gemini: 'gemini_cli',
  kilo: 'kilo_code',
  opencode: 'opencode',
}

const home = mkdtempSync(join(tmpdir(), 'mosaic-importers-bench-'))
try {
  bringLogs()
  const ours = await readOurs(false)
  const merged = await readOurs(true)
  const theirs = await readTheirs()
  const { sessions } = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')) as {
    sessions: readonly Expected[]
  }
  const rows = sessions.map((expected) => {
    const truth: Answer = {
      tokens: allTokens(expected),
      usd: dollars(expected.cost_micro_usd),
      note: undefined,
    }
    const answers = [ours, merged, theirs].map((reader) => cell(reader.get(nameOf(expected)), truth))
    return [[titleOf(expected), words(truth)], answers].flat()
  })
  const head = [
    'session',
    'truth',
    'ours, logs alone',
    'ours, OpenTelemetry merged',
    `ccusage ${CCUSAGE_VERSION}`,
  ]
  const table = markdownTable(head, rows)
  process.stdout.write(`${table}\n`)
  if (process.argv.includes('--write')) writeSection(docs('importers.md'), 'accuracy', table)
} finally {
  rmSync(home, { recursive: true, force: true })
}

function bring(from: string, to: string): void {
  cpSync(join(fixtures, from), join(home, to), { recursive: true })
}

/** Puts the recorded logs where their agents have them. */
function bringLogs(): void {
  bring('claude-code/recorded/projects', '.claude/projects')
  bring('codex/sessions', '.codex/sessions')
  bring('gemini', '.gemini/tmp')
  bring('cline', '.cline/data/sessions')
  for (const name of ['opencode', 'kilo']) {
    mkdirSync(join(home, '.local/share', name), { recursive: true })
    const database = new Database(join(home, '.local/share', name, `${name}.db`))
    database.exec(readFileSync(join(fixtures, 'opencode', `${name}.sql`), 'utf8'))
    database.close()
  }
}

async function readOurs(withTelemetry: boolean): Promise<ReadonlyMap<string, Answer>> {
  await using ledger = await openLedger({ path: join(home, `${withTelemetry}.db`) })
  await importLogs({ ledger, importers, machine: { platform: 'linux', home, env: () => undefined } })
  if (withTelemetry)
    mergeOtlp(ledger, readOtlpRequests(join(fixtures, 'claude-code/otlp-api-requests.jsonl')))
  return answersOf(ledger)
}

/** By session, and by agent for those of which one session was recorded. */
function answersOf(ledger: Ledger): ReadonlyMap<string, Answer> {
  const groups = [...spend(ledger, { by: ['session'] }), ...spend(ledger, { by: ['harness'] })]
  return new Map(
    groups.map(({ completeness, cost, keys, tokens }) => {
      const nanoUsd = knownCost(cost)
      const lacks = completeness.missing.join(', ')
      const answer: Answer = {
        tokens: allInput(tokens) + tokens.output,
        usd: nanoUsd === undefined ? undefined : nanoUsd / 1e9,
        note: lacks === '' ? undefined : `lacks ${lacks}`,
      }
      return [keys.session ?? keys.harness ?? '', answer]
    }),
  )
}

function nameOf({ harness, session }: Expected): string {
  return session === '(single)' ? harness : session
}

function titleOf({ harness, session }: Expected): string {
  return session === '(single)' ? harness : `${harness} ${session.slice(0, 8)}`
}

async function readTheirs(): Promise<ReadonlyMap<string, Answer>> {
  const env = { HOME: home, TZ: 'UTC', XDG_DATA_HOME: join(home, '.local/share') }
  const { stdout } = await measure(ccusage, ['session', '--json', '--offline'], env)
  const { session } = JSON.parse(stdout) as {
    session: readonly { agent: string; period: string; totalTokens: number; totalCost: number }[]
  }
  return new Map(
    session.map(({ agent, period, totalCost: usd, totalTokens }) => [
      THEIR_AGENTS[agent] ?? /[0-9a-f-]{36}$/.exec(period)?.[0] ?? period,
      { tokens: totalTokens, usd, note: undefined },
    ]),
  )
}

/** Every token once: some names are parts of others. */
function allTokens({ tokens }: Expected): number {
  return Object.entries(tokens)
    .filter(([name]) => !/(?:^|_)(?:reasoning_(?:output_)?|cached_(?:input_)?)tokens$/.test(name))
    .reduce((sum, [, count]) => sum + count, 0)
}

function dollars(micros: number | undefined): number | undefined {
  return micros === undefined ? undefined : micros / 1e6
}

function cell(answer: Answer | undefined, truth: Answer): string {
  if (answer === undefined) return 'not read'
  const isRight =
    answer.tokens === truth.tokens &&
    (truth.usd === undefined || Math.abs((answer.usd ?? 0) - truth.usd) < 0.000_02)
  const text = words(answer)
  return `${isRight ? `**${text}**` : text}${answer.note === undefined ? '' : `; ${answer.note}`}`
}

function words({ tokens, usd }: Answer): string {
  return `${tokens.toLocaleString('en-US')}${usd === undefined ? '' : ` · $${usd.toFixed(4)}`}`
}
