import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { TelemetryClient } from '@mosaicstack/telemetry-client'
import { readLocalCredentials } from '@mosaicstack/telemetry-server'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { anEvent } from '../../packages/client/src/testing/an-event.ts'
import { tokensOf } from '../../packages/mcp/src/testing/an-agent.ts'
import { startServe, temporaryDirectory, type RunningServe } from '../cli/run-cli.ts'
import { storedEventIds } from '../end-to-end/stored.ts'
import { aStdioAgent, MAIN } from './an-agent.ts'

const TASK = { model: 'claude-sonnet-4-5', task_type: 'implementation', complexity: 'medium' }
const RESULT = {
  outcome: 'success',
  input_tokens: 200_000,
  output_tokens: 70_000,
  cost_usd: 1.2,
  duration_s: 50,
}

describe('the tools of a running server', () => {
  const directory = temporaryDirectory()
  let serve: RunningServe

  beforeAll(async () => {
    serve = await startServe(directory.path)
    await report(directory.path, 60)
  })
  afterAll(async () => {
    await serve.stop()
    directory[Symbol.dispose]()
  })

  it('are four, described with the enumerations of the protocol, in what a model can afford', async () => {
    await using agent = await aStdioAgent(directory.path)

    const { tools } = await agent.client.listTools()

    expect(tools.map(({ name }) => name)).toEqual([
      'predict_task',
      'report_task',
      'get_spend',
      'get_calibration',
    ])
    expect(tools[0]?.inputSchema).toMatchObject({
      additionalProperties: false,
      required: ['model'],
      properties: { complexity: { enum: ['low', 'medium', 'high', 'critical'] } },
    })
    const read = tools.map(({ description, inputSchema, name }) => ({ name, description, inputSchema }))
    expect(JSON.stringify(read).length / 4).toBeLessThan(1400)
    expect(agent.client.getInstructions()).toContain('predict_task before')
  })

  it('predict, take the report, compare, and store it once however often it is told', async () => {
    await using agent = await aStdioAgent(directory.path)
    const before = await storedEventIds(directory.path)

    const predicted = await vi.waitFor(async () => {
      const answer = await agent.call('predict_task', { ...TASK, task_id: 'story', budget_usd: 100 })
      expect(answer.text).toContain('The chance that it costs more than $100.00 is')
      return answer
    }, WAIT)
    const reported = await agent.call('report_task', { ...RESULT, task_id: 'story' })
    await using other = await aStdioAgent(directory.path)
    const again = await other.call('report_task', { ...RESULT, task_id: 'story', cost_usd: 99 })
    const calibration = await other.call('get_calibration', TASK)

    expect(predicted.data).toMatchObject({ is_known: true, task_id: 'story', confidence: 'medium' })
    expect(reported.data).toMatchObject({ state: 'stored', is_repeated: false })
    expect(again.data).toMatchObject({ state: 'stored', is_repeated: true })
    expect(await storedEventIds(directory.path)).toHaveLength(before.length + 1)
    expect(calibration.data.own).toMatchObject({ tasks: 1 })
    expect([...agent.strayOutput, ...other.strayOutput]).toEqual([])
    for (const answer of [predicted, reported, again, calibration]) expect(tokensOf(answer)).toBeLessThan(300)
  })

  it('answer at once to what the schema does not allow', async () => {
    await using agent = await aStdioAgent(directory.path)

    const answer = await agent.call('predict_task', { ...TASK, complexity: 'huge' })

    expect(answer.isError).toBe(true)
    expect(answer.text).toContain('expected one of "low"|"medium"|"high"|"critical" at complexity')
  })

  it('say what to do about a wrong key, and lose no report by it', async () => {
    await using agent = await aStdioAgent(directory.path, { MOSAIC_TELEMETRY_API_KEY: 'ab'.repeat(32) })

    const asked = await agent.call('predict_task', TASK)
    const told = await agent.call('report_task', { ...RESULT, ...TASK })

    expect(asked).toMatchObject({ isError: true, text: expect.stringMatching(/^HTTP 401 .* keys create/) })
    expect(told.text).toMatch(/^Kept on disk until the server answers \(HTTP 401/)
  })

  it('send nothing where telemetry is switched off', async () => {
    await using agent = await aStdioAgent(directory.path, { MOSAIC_TELEMETRY_ENABLED: 'false' })

    const asked = await agent.call('predict_task', TASK)
    const told = await agent.call('report_task', { ...RESULT, ...TASK })

    for (const answer of [asked, told]) {
      expect(answer).toMatchObject({ isError: true, text: expect.stringContaining('switches telemetry off') })
    }
  })

  it('tell nothing under DO_NOT_TRACK, not even what was left to send, and answer all the same', async () => {
    const agent = await aStdioAgent(directory.path, { DO_NOT_TRACK: '1' })
    const before = await storedEventIds(directory.path)

    const asked = await agent.call('predict_task', TASK)
    const told = await agent.call('report_task', { ...RESULT, ...TASK })
    await agent[Symbol.asyncDispose]()

    expect(asked.isError).toBe(false)
    expect(told).toMatchObject({ isError: true, text: expect.stringContaining('DO_NOT_TRACK is set') })
    expect(await storedEventIds(directory.path)).toEqual(before)
  })

  it('write nothing but the protocol to stdout, also after nonsense on stdin, and end with it', async () => {
    const args = [MAIN, 'mcp', '--data-dir', directory.path]
    const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] }, stdio: 'pipe' })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    const call = {
      jsonrpc: '2.0',
      id: 2,
      method: 'tools/call',
      params: { name: 'predict_task', arguments: TASK },
    }

    child.stdin.write('no JSON\n{"jsonrpc":"2.0"}\n')
    child.stdin.write(`${JSON.stringify(INITIALIZE)}\n`)
    child.stdin.end(`${JSON.stringify(call)}\n`)
    const [code] = await once(child, 'close')

    const messages = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; result: object })
    expect(code).toBe(0)
    expect(messages.map(({ id }) => id)).toEqual([1, 2])
    expect(messages[1]?.result).toHaveProperty('structuredContent.task_id')
  })
})

describe('while the server is away', () => {
  it('a report survives the death of the agent, and is delivered once by the next', async () => {
    using directory = temporaryDirectory()
    const serve = await startServe(directory.path)
    const port = new URL(serve.url).port
    await serve.stop()
    await using agent = await aStdioAgent(directory.path)

    const asked = await agent.call('predict_task', TASK)
    const told = await agent.call('report_task', { ...RESULT, ...TASK, task_id: 'survivor' })
    process.kill(agent.pid, 'SIGKILL')
    await using back = await startServe(directory.path, {}, port)
    await using next = await aStdioAgent(directory.path)
    const again = await next.call('report_task', { ...RESULT, task_id: 'survivor' })

    expect(back.url).toBe(serve.url)
    expect(asked).toMatchObject({ isError: true, text: expect.stringContaining('mosaic-telemetry serve') })
    expect(told.data).toMatchObject({ state: 'waiting' })
    expect(again.data).toMatchObject({ state: 'stored', is_repeated: true })
    expect(await storedEventIds(directory.path)).toHaveLength(1)
  })

  it('the tools say how to start one where none was ever there, and find it when it has started', async () => {
    using directory = temporaryDirectory()
    await using agent = await aStdioAgent(directory.path)

    const before = await agent.call('predict_task', TASK)
    await using serve = await startServe(directory.path)
    const after = await agent.call('predict_task', TASK)

    expect(serve.url).toContain('127.0.0.1')
    expect(before).toMatchObject({ isError: true, text: expect.stringContaining('no server is known') })
    expect(after).toMatchObject({ isError: false, data: { is_known: false } })
  })
})

/** Until the server has learned from the first tasks. */
const WAIT = { timeout: 15_000, interval: 100 }

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
}

async function report(dataDir: string, count: number): Promise<void> {
  const { api_key, instance_id, server_url } = readLocalCredentials(dataDir)!
  await using client = new TelemetryClient({
    serverUrl: server_url,
    apiKey: api_key,
    instanceId: instance_id,
  })
  for (let n = 1; n <= count; n++) {
    client.track({ ...anEvent({ instance_id, model: TASK.model }), actual_cost_usd_micros: n * 20_000 })
  }
}
