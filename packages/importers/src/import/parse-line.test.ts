import { readdirSync, readFileSync } from 'node:fs'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { longTexts } from '../claude-code/long-texts.ts'
import { TranscriptParser } from '../claude-code/transcript-parser.ts'
import { isRecord } from '../json-fields.ts'
import type { LogFact } from '../log-facts.ts'
import { prompt, toolResult } from '../testing/transcript.ts'
import { fixture } from '../testing/workbench.ts'
import { LONG_TEXT_BYTES, MIN_KEPT_BYTES } from './cut-texts.ts'
import { parseLine } from './parse-line.ts'

const everyContent = { names: new Set(['content']), areNeeded: () => false }

function lineOf(text: string) {
  // Amid others, as it is in the buffer of a file.
  const buffer = Buffer.from(`"\\"\n${text}\n{"content":"`)
  return { buffer, start: 4, end: buffer.indexOf('\n', 4), isWhole: true }
}

const longText = fc
  .array(fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), fc.constant('x'.repeat(600))), {
    minLength: 1,
    maxLength: 3,
  })
  .chain((parts) => fc.integer({ min: 1, max: 60 }).map((times) => parts.join('"\\').repeat(times)))
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.string(),
    longText,
    longText,
    tie('record'),
    fc.array(tie('any'), { maxLength: 3 }),
  ),
  record: fc.dictionary(fc.constantFrom('content', 'a', '"', '\\', 'content":"', ''), tie('any'), {
    maxKeys: 4,
  }),
})).record

/** `cut` is `whole` but for the texts of the fields that may be cut, of which it has the beginning. */
function expectSameButForTexts(cut: unknown, whole: unknown, name = ''): void {
  if (name === 'content' && typeof whole === 'string' && cut !== whole) {
    expect(whole.startsWith(String(cut))).toBe(true)
    expect(Buffer.byteLength(String(cut))).toBeGreaterThan(MIN_KEPT_BYTES / 6)
  } else if (Array.isArray(whole)) {
    whole.forEach((item, index) => expectSameButForTexts((cut as unknown[])[index], item))
  } else if (isRecord(whole)) {
    expect(Object.keys(cut as object)).toEqual(Object.keys(whole))
    for (const key of Object.keys(whole)) {
      expectSameButForTexts((cut as Record<string, unknown>)[key], whole[key], key)
    }
  } else expect(cut).toEqual(whole)
}

describe('a line of which long texts may be cut', () => {
  it('is the same but for the ends of these texts, whatever is in them', () => {
    fc.assert(
      fc.property(value, (record) => {
        const text = JSON.stringify(record)

        const parsed = parseLine(lineOf(text), everyContent)

        expectSameButForTexts(parsed.kind === 'record' && parsed.record, JSON.parse(text))
      }),
      { numRuns: 150 },
    )
  })

  it('is refused where it would be refused whole: torn anywhere, or run into the next one', () => {
    const torn = fc.tuple(value, value, fc.double({ min: 0, max: 1, noNaN: true }))
    fc.assert(
      fc.property(torn, ([first, second, share]) => {
        const whole = JSON.stringify(first)
        const text = whole.slice(0, Math.floor(whole.length * share)) + JSON.stringify(second)

        const parsed = parseLine(lineOf(text), everyContent)

        expect(parsed.kind).toBe(parseLine(lineOf(text)).kind)
      }),
      { numRuns: 150 },
    )
  })

  it('is repaired and counted where NUL bytes are in the part that would be left out', () => {
    const line = `{"content":"${'x'.repeat(LONG_TEXT_BYTES)}\0${'x'.repeat(LONG_TEXT_BYTES)}"}`

    const parsed = parseLine(lineOf(line), everyContent)

    expect(parsed).toEqual({
      kind: 'record',
      record: { content: 'x'.repeat(2 * LONG_TEXT_BYTES) },
      hadNul: true,
    })
  })

  it('is cut at all', () => {
    const parsed = parseLine(lineOf(`{"content":"${'x'.repeat(10_000)}"}`), everyContent)

    expect(JSON.stringify(parsed).length).toBeLessThan(LONG_TEXT_BYTES)
  })
})

function factsOf(lines: readonly string[], areCut: boolean): readonly unknown[] {
  const told: unknown[] = []
  const context = {
    path: '/a.jsonl',
    relativePath: 'a.jsonl',
    emit: (fact: LogFact) => told.push(fact),
    report: (issue: string) => told.push(issue),
    readBeside: () => undefined,
  }
  const file = { session: 'a', subagent: undefined, isCompaction: false, firstPrompt: '' }
  const parser = new TranscriptParser(context, file, undefined)
  for (const line of lines) {
    const parsed = parseLine(lineOf(line), areCut ? longTexts : undefined)
    if (parsed.kind === 'record') parser.record(parsed.record)
    else told.push(parsed.kind)
  }
  return [...told, parser.state()]
}

describe('what a transcript of Claude Code says', () => {
  const root = fixture('claude-code')
  const recorded = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.jsonl'),
  )

  it.each(recorded)('is the same with the long texts of %s cut', (name) => {
    const lines = readFileSync(`${root}/${name}`, 'utf8').split('\n').filter(Boolean)

    const cut = factsOf(lines, true)

    expect(cut).toEqual(factsOf(lines, false))
  })

  const long = '"é\\\n'.repeat(5000)
  it.each([
    ['a new file', { ...toolResult('a'), toolUseResult: { type: 'create', content: long } }],
    [
      'a patch',
      {
        ...toolResult('a', { content: long }),
        toolUseResult: { structuredPatch: [{ lines: [`+${long}`] }], originalFile: long },
      },
    ],
    ['a refused tool', toolResult('a', { isError: true, content: `The user doesn't want${long}` })],
    ['a failed tool', toolResult('a', { isError: true, content: `Exit code 1${long}` })],
    ['a prompt', prompt(long)],
    ['a command', prompt(`<command-message>${long}</command-message><command-name>/clear</command-name>`)],
  ])('is the same with long texts in %s', (_, line) => {
    const use = { type: 'tool_use', id: 'a', name: 'Write', input: { file_path: 'a.ts', content: long } }
    const run = { type: 'tool_use', id: 'b', name: 'Bash', input: { command: `echo ${long} && npm test` } }
    const message = { role: 'assistant', content: [{ type: 'text', text: long }, use, run] }
    const lines = [{ ...prompt(''), type: 'assistant', message }, line, toolResult('b')]
    const texts = lines.map((each) => JSON.stringify(each))

    const cut = factsOf(texts, true)

    expect(cut).toEqual(factsOf(texts, false))
  })
})
