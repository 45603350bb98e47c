import { readdirSync, readFileSync } from 'node:fs'

import { expect, it } from 'vitest'

import type { Observation } from '../../packages/server/src/predictions/observation.ts'
import { referenceAnswer } from '../../packages/server/src/backtest/reference-predictions.ts'
import { runCli, startCli, temporaryDirectory } from './run-cli.ts'

it('prints true figures within 80 columns, says where to look, and leaves nothing behind', async () => {
  using directory = temporaryDirectory()

  const { code, stdout, stderr } = await runCli(['demo', '--once', '--port', '0'], { TMPDIR: directory.path })

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^1111 real Claude Code tasks\. The first 889 are reported/)
  expect(stdout).toMatch(/^Reported 889 tasks in \d+ ms/m)
  expect(stdout).toMatch(/\nOpen http:\/\/127\.0\.0\.1:\d+\n$/)
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  expect(stdout.match(/^(unknown|documentation|implementation), /gm)).toHaveLength(12)
  const figures = recomputedFigures()
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    `Of 222 tasks, ${figures.inputInRange} took input tokens within p10 – p90, ${figures.outputInRange} output ` +
      `tokens (80 % would be perfect); ${figures.costBelowMedian} cost no more than the predicted median ` +
      `(50 % would be). ${figures.exactMatches} were answered from exact matches, the others from wider groups.`,
  )
  expect(readdirSync(directory.path)).toEqual([])
})

it.each(['SIGINT', 'SIGTERM'] as const)('deletes its store at %s, however early', async (signal) => {
  using directory = temporaryDirectory()
  const cli = startCli(['demo', '--port', '0'], { TMPDIR: directory.path })
  await cli.firstLine

  cli.process.kill(signal)

  expect(await cli.finished).toMatchObject({ code: 0, signal: null })
  expect(readdirSync(directory.path)).toEqual([])
})

/** The demo's figures, from the file and the written definitions alone: no server, no client, none of its code. */
function recomputedFigures() {
  const tasks = readTasks()
  const seen = tasks.slice(0, 889)
  const heldBack = tasks.slice(889).map((task) => ({ task, said: answerTo(task, seen) }))
  const share = (isSo: (row: (typeof heldBack)[number]) => boolean) =>
    `${Math.round((100 * heldBack.filter(isSo).length) / heldBack.length)} %`
  return {
    inputInRange: share(({ task, said }) => isWithin(task.inputTokens, said.input)),
    outputInRange: share(({ task, said }) => isWithin(task.outputTokens, said.output)),
    costBelowMedian: share(({ task, said }) => task.costUsdMicros <= halfUp(said.cost)),
    exactMatches: heldBack.filter(({ said }) => said.level === 0).length,
  }
}

/** Many tasks ask the same question; each is answered once. */
const answers = new Map<string, NonNullable<ReturnType<typeof referenceAnswer>>>()

function answerTo(task: Observation, seen: readonly Observation[]) {
  const query = {
    task_type: task.taskType,
    model: task.model,
    provider: task.provider,
    complexity: task.complexity,
  }
  const key = JSON.stringify(query)
  const settings = { nowMs: 1, windowMs: 10, minInstances: 'auto' } as const
  const answer = answers.get(key) ?? referenceAnswer(seen, query as never, settings)!
  answers.set(key, answer)
  return answer
}

function isWithin(value: number, [p10 = NaN, , , , p90 = NaN]: readonly number[]): boolean {
  return halfUp(p10) <= value && value <= halfUp(p90)
}

/** Percentiles are published as whole numbers; what floating point adds is cut off first. */
function halfUp(value: number): number {
  return Math.floor(Number(value.toFixed(6)) + 0.5)
}

function readTasks(): Observation[] {
  const file = new URL('../../packages/cli/data/claude-code-tasks.csv', import.meta.url)
  const [header = [], ...rows] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  return rows
    .map((cells) => Object.fromEntries(cells.map((cell, index) => [header[index], cell])))
    .map((row) => ({ row, endedMs: Date.parse(row['started_at']!) + Number(row['duration_s']) * 1000 }))
    .sort((a, b) => a.endedMs - b.endedMs)
    .map(({ row }) => toObservation(row))
}

function toObservation(row: Record<string, string>): Observation {
  const input = ['input_tokens', 'cache_read_tokens', 'cache_write_5m_tokens', 'cache_write_1h_tokens']
  const kind = row['main_file_type'] === 'md' ? 'documentation' : 'implementation'
  const length = Number(row['prompt_chars'])
  return {
    instanceId: 'the only one',
    receivedAtMs: 0,
    taskType: row['edit_calls'] === '0' ? 'unknown' : kind,
    model: row['model']!,
    provider: 'anthropic',
    complexity: length < 50 ? 'low' : length < 200 ? 'medium' : length < 1000 ? 'high' : 'critical',
    inputTokens: Math.min(
      10_000_000,
      input.map((name) => Number(row[name])).reduce((a, b) => a + b),
    ),
    outputTokens: Number(row['output_tokens']),
    costUsdMicros: Number(row['cost_micro_usd']),
    durationMs: Number(row['duration_s']) * 1000,
    estimatedInputTokens: 0,
    estimatedOutputTokens: 0,
    succeeded: row['interrupted'] !== '1',
    gatesPassed: false,
    gatesListed: false,
  }
}
