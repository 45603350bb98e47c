import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** How much is made, and from which seed: the same numbers give the same bytes. */
export interface Plan {
  readonly files: number
  readonly bytes: number
  readonly seed: number
}

const MODELS = ['claude-sonnet-4-5-20250929', 'claude-opus-4-6', 'claude-sonnet-4-6']
const START_MS = Date.parse('2026-01-05T08:00:00Z')
const FILLER = 'export function add(a, b) { return a + b } // and so on, as files and outputs go. '.repeat(
  400,
)

/**
 * Claude Code transcripts with the proportions of real ones: most bytes are the results of tools, a response is one to
 * three lines with the same usage, and a prompt takes about ten responses. What a transcript says is filler.
 */
export function generateTranscripts(home: string, { bytes, files, seed }: Plan): void {
  const random = seeded(seed)
  const bytesPerFile = bytes / files
  for (let n = 0; n < files; n++) {
    const project = `-home-someone-project-${n % 40}`
    const directory = join(home, '.claude/projects', project)
    mkdirSync(directory, { recursive: true })
    const session = uuid(random)
    const file = openSync(join(directory, `${session}.jsonl`), 'w')
    // Sessions differ by a factor of about ten in size, as real ones do.
    writeSession(file, {
      random,
      session,
      project,
      bytes: bytesPerFile * (0.2 + 1.6 * random()),
      startMs: START_MS + n * 1_200_000,
    })
    closeSync(file)
  }
}

interface Session {
  readonly random: () => number
  readonly session: string
  readonly project: string
  readonly bytes: number
  readonly startMs: number
}

function writeSession(file: number, { bytes, project, random, session, startMs }: Session): void {
  const progress = { written: 0 }
  const isFull = (): boolean => progress.written >= bytes
  let atMs = startMs
  const line = (fields: object): void => {
    atMs += 1000 + Math.floor(random() * 9000)
    const common = {
      uuid: uuid(random),
      sessionId: session,
      timestamp: new Date(atMs).toISOString(),
      cwd: `/home/someone/${project}`,
      gitBranch: 'main',
      version: '2.1.329',
      isSidechain: false,
    }
    progress.written += writeSync(file, `${JSON.stringify({ ...fields, ...common })}\n`)
  }
  const model = MODELS[Math.floor(random() * MODELS.length)]
  while (!isFull()) {
    line({ type: 'user', promptId: uuid(random), message: { role: 'user', content: filler(random, 300) } })
    for (let step = 0; step < 10 && !isFull(); step++) respond(line, random, model)
  }
}

function respond(line: (fields: object) => void, random: () => number, model: string | undefined): void {
  const id = uuid(random).replaceAll('-', '')
  const toolId = `toolu_${id}`
  const usage = {
    input_tokens: Math.floor(random() * 20),
    output_tokens: Math.floor(random() * 2000),
    cache_read_input_tokens: Math.floor(random() * 120_000),
    cache_creation_input_tokens: Math.floor(random() * 4000),
    service_tier: 'standard',
  }
  const message = { id: `msg_${id}`, type: 'message', role: 'assistant', model, usage }
  const say = (content: object): void =>
    line({ type: 'assistant', requestId: `req_${id}`, message: { ...message, content: [content] } })
  if (random() < 0.5) say({ type: 'text', text: filler(random, 400) })
  say({ type: 'tool_use', id: toolId, name: 'Read', input: { file_path: '/home/someone/a.ts' } })
  const result = filler(random, 8000)
  line({
    type: 'user',
    message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: toolId, content: result }] },
    toolUseResult: { type: 'text', file: { filePath: '/home/someone/a.ts', content: result } },
  })
}

function filler(random: () => number, meanLength: number): string {
  return FILLER.slice(0, Math.floor(random() * 2 * meanLength))
}

/** mulberry32. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}
