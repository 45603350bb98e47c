import { describe, expect, it } from 'vitest'

import { listTasks } from '../reports/list-tasks.ts'
import { spend } from '../reports/spend.ts'
import { answer, mainFile, prompt, subagentFile, toolResult, uuid } from '../testing/transcript.ts'
import { aWorkbench, type Workbench } from '../testing/workbench.ts'

async function imported(lines: readonly unknown[]): Promise<Workbench> {
  const bench = await aWorkbench()
  bench.write(mainFile(), lines)
  await bench.import()
  return bench
}

function command(name: string, id: number, at: number) {
  return prompt(`<command-name>/${name}</command-name>`, { promptId: uuid(id), at })
}

function queue(operation: string) {
  return { type: 'queue-operation', operation, sessionId: uuid(1) }
}

function inFork(line: object) {
  return { ...line, sessionId: uuid(11), forkedFrom: { sessionId: uuid(10), messageUuid: 'x' } }
}

/** Oldest first. */
function tasksOf(bench: Workbench) {
  return listTasks(bench.ledger).toSorted((a, b) => a.startedAtMs - b.startedAtMs)
}

describe('where a task begins', () => {
  it('starts at a prompt, and the answers up to the next one belong to it', async () => {
    await using bench = await imported([
      prompt('do this', { promptId: uuid(1), at: 0 }),
      answer({ id: 'a', at: 1, output: 10 }),
      answer({ id: 'b', at: 2, output: 20 }),
      prompt('and that', { promptId: uuid(2), at: 60 }),
      answer({ id: 'c', at: 61, output: 30 }),
    ])

    expect(tasksOf(bench).map(({ prompt: id, tokens }) => [id, tokens.output])).toEqual([
      [uuid(1), 30],
      [uuid(2), 30],
    ])
  })

  it('takes the uuid of the line in versions that have no prompt ids', async () => {
    await using bench = await imported([prompt('do this', { uuid: uuid(7) }), answer({ id: 'a', at: 1 })])

    expect(tasksOf(bench).map((task) => task.prompt)).toEqual([uuid(7)])
  })

  it.each([
    ['a meta line', { isMeta: true }, 'expanded command'],
    ['a summary', { isCompactSummary: true }, 'what happened so far'],
    ['the output of a local command', {}, '<local-command-stdout>ok</local-command-stdout>'],
    ['a reminder', {}, '<system-reminder>remember</system-reminder>'],
    ['a shell line', {}, '<bash-input>ls</bash-input>'],
  ])('does not start at %s', async (_, fields, text) => {
    await using bench = await imported([
      prompt('do this', { promptId: uuid(1) }),
      answer({ id: 'a', at: 1 }),
      prompt(text, { promptId: uuid(2), at: 2, ...fields }),
      answer({ id: 'b', at: 3 }),
    ])

    expect(tasksOf(bench).map(({ prompt: id, requests }) => [id, requests])).toEqual([[uuid(1), 2]])
  })

  it('starts at a slash command only if the model answers it', async () => {
    await using bench = await imported([
      command('statusline', 1, 0),
      command('review', 2, 1),
      answer({ id: 'a', at: 2 }),
      command('clear', 3, 3),
      answer({ id: 'b', at: 4 }),
    ])

    expect(tasksOf(bench).map(({ prompt: id, requests }) => [id, requests])).toEqual([[uuid(2), 2]])
  })

  it('continues with a prompt that was queued while the agent worked', async () => {
    await using bench = await imported([
      prompt('do this', { promptId: uuid(1) }),
      answer({ id: 'a', at: 1 }),
      queue('enqueue'),
      answer({ id: 'b', at: 2 }),
      queue('dequeue'),
      prompt('and mind the gap', { promptId: uuid(2), at: 3 }),
      answer({ id: 'c', at: 4 }),
      queue('enqueue'),
      queue('dequeue'),
      prompt('something else', { promptId: uuid(3), at: 60 }),
      answer({ id: 'd', at: 61 }),
    ])

    expect(tasksOf(bench).map(({ prompt: id, requests }) => [id, requests])).toEqual([
      [uuid(1), 3],
      [uuid(3), 1],
    ])
  })
})

describe('how a task ends', () => {
  it('is interrupted where the person cut it off', async () => {
    await using bench = await imported([
      prompt('do this', { promptId: uuid(1) }),
      answer({ id: 'a', at: 1 }),
      prompt('[Request interrupted by user]', { at: 2 }),
    ])

    expect(tasksOf(bench)[0]?.ending).toBe('interrupted')
  })

  it('has failed where the last word is an error of the provider, which costs nothing', async () => {
    await using bench = await imported([
      prompt('do this', { promptId: uuid(1) }),
      answer({ id: 'a', at: 1 }),
      { ...answer({ id: 'b', at: 2, model: '<synthetic>' }), isApiErrorMessage: true },
    ])

    expect(tasksOf(bench)[0]).toMatchObject({ ending: 'failed', requests: 1 })
  })

  it('remembers the last run of a gate, and how often it was run', async () => {
    const test = { name: 'Bash', input: { command: 'cd app && npm test' } }

    await using bench = await imported([
      prompt('do this', { promptId: uuid(1) }),
      answer({ id: 'a', at: 1, tools: [{ id: 't1', ...test }] }),
      toolResult('t1', { at: 2, isError: true, content: 'Exit code 1\nfailed' }),
      answer({ id: 'b', at: 3, tools: [{ id: 't2', ...test }] }),
      toolResult('t2', { at: 4 }),
      answer({ id: 'c', at: 5, tools: [{ id: 't3', ...test }] }),
      toolResult('t3', { at: 6, isError: true, content: "The user doesn't want to proceed" }),
    ])

    expect(tasksOf(bench)[0]?.gates.test).toMatchObject({ runs: 2, failures: 1, lastFailed: false })
  })
})

describe('subagents', () => {
  it('count for the task whose tool call started them, whichever file is read first', async () => {
    await using bench = await aWorkbench()
    // The subagent's file comes first in the order of the paths.
    bench.write(mainFile(), [
      prompt('do this', { promptId: uuid(1), at: 0 }),
      answer({ id: 'a', at: 1, tools: [{ id: 'toolu_1', name: 'Agent', input: {} }] }),
      prompt('next', { promptId: uuid(2), at: 2 }),
      answer({ id: 'b', at: 3 }),
    ])
    bench.write(subagentFile('x1'), [answer({ id: 's', at: 4, isSidechain: true, output: 7 })])
    bench.write(subagentFile('x1').replace('.jsonl', '.meta.json'), '{"toolUseId":"toolu_1"}')

    await bench.import()

    expect(tasksOf(bench).map(({ requests, tokens }) => [requests, tokens.output])).toEqual([
      [2, 107],
      [1, 100],
    ])
  })

  it('that nothing connects count for the task under way when they began', async () => {
    await using bench = await aWorkbench()
    bench.write(mainFile(), [
      prompt('do this', { promptId: uuid(1), at: 0 }),
      answer({ id: 'a', at: 1 }),
      prompt('next', { promptId: uuid(2), at: 10 }),
      answer({ id: 'b', at: 11 }),
    ])
    bench.write(subagentFile('lost'), [answer({ id: 's', at: 5, isSidechain: true })])

    await bench.import()

    expect(tasksOf(bench).map(({ requests }) => requests)).toEqual([2, 1])
  })
})

describe('copies', () => {
  const original = [
    prompt('do this', { promptId: uuid(1), at: 0, session: uuid(10) }),
    answer({ id: 'a', at: 1, session: uuid(10) }),
  ]

  it('of a session that was forked raise no total and make no second task', async () => {
    await using bench = await aWorkbench()
    bench.write(mainFile(uuid(11)), [
      ...original.map(inFork),
      prompt('only here', { promptId: uuid(2), at: 60, session: uuid(11) }),
      answer({ id: 'b', at: 61, session: uuid(11) }),
    ])
    await bench.import()
    bench.write(mainFile(uuid(10)), original)

    await bench.import()

    expect(spend(bench.ledger, { by: [] })[0]?.requests).toBe(2)
    expect(tasksOf(bench).map(({ session, prompt: id, requests }) => [session, id, requests])).toEqual([
      [uuid(10), uuid(1), 1],
      [uuid(11), uuid(2), 1],
    ])
  })

  it('in progress lines and on sidechains raise no total', async () => {
    await using bench = await aWorkbench()
    bench.write(mainFile(), [
      prompt('do this', { promptId: uuid(1) }),
      answer({ id: 'a', at: 1, output: 5 }),
      {
        type: 'progress',
        sessionId: uuid(1),
        data: { type: 'agent_progress', message: answer({ id: 'p' }) },
      },
    ])
    bench.write(subagentFile('btw'), [answer({ id: 'a', at: 0, output: 5, isSidechain: true })])

    await bench.import()

    expect(tasksOf(bench).map(({ requests, tokens }) => [requests, tokens.output])).toEqual([[1, 5]])
    expect(spend(bench.ledger, { by: [] })[0]?.requests).toBe(1)
  })

  it('of one response keep the largest output, not the sum and not the first', async () => {
    await using bench = await imported([
      prompt('do this', { promptId: uuid(1) }),
      answer({ id: 'a', at: 1, output: 3 }),
      answer({ id: 'a', at: 2, output: 250 }),
      answer({ id: 'a', at: 3, output: 250 }),
    ])

    expect(tasksOf(bench)[0]?.tokens.output).toBe(250)
  })
})
