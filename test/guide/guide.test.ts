import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { compileExamples, type CompiledExamples } from './compiled-examples.ts'
import { startGuideServer } from './guide-server.ts'

let examples: CompiledExamples

beforeAll(async () => {
  examples = await compileExamples()
})
afterAll(() => examples[Symbol.dispose]())

it('compiles under strict, with modules found as a bundler finds them', () => {
  expect(examples.diagnostics).toBe('')
})

describe.concurrent('the Next.js example', () => {
  it('queues an event in the route and sends it at SIGTERM', async () => {
    await using server = await startGuideServer()
    const child = examples.start('drivers/nextjs.js', {
      ...server.variables,
      NEXT_RUNTIME: 'nodejs',
      NODE_ENV: 'production',
    })

    const answer = await child.firstLine
    child.process.kill('SIGTERM')
    const { code, stderr } = await child.finished

    expect({ answer, code, stderr }).toEqual({ answer: '{"status":"queued"}', code: 0, stderr: '' })
    expect(await server.stored()).toMatchObject([
      { instanceId: server.instanceId, inputTokens: 1500, outputTokens: 300, costUsdMicros: 9000 },
    ])
  })

  it('sends nothing outside production, and stops all the same', async () => {
    await using server = await startGuideServer()
    const variables = { ...server.variables, NEXT_RUNTIME: 'nodejs', NODE_ENV: 'development' }
    const child = examples.start('drivers/nextjs.js', variables)

    await child.firstLine
    child.process.kill('SIGINT')

    expect((await child.finished).code).toBe(0)
    expect(await server.stored()).toEqual([])
  })
})

describe.concurrent('the Node.js service example', () => {
  it('sends the event of a finished task at SIGTERM', async () => {
    await using server = await startGuideServer()
    const child = examples.start('drivers/service.js', server.variables)

    await child.firstLine
    child.process.kill('SIGTERM')
    const { code, stderr } = await child.finished

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(await server.stored()).toMatchObject([
      {
        model: 'claude-sonnet-4-5-20250929',
        complexity: 'high',
        inputTokens: 215_000,
        outputTokens: 72_000,
        estimatedInputTokens: 200_000,
        gatesPassed: true,
        succeeded: true,
      },
    ])
  })

  it('prints the predictions that the server makes', async () => {
    await using server = await startGuideServer()
    await server.report(29, { actual_cost_usd_micros: 1_150_000, task_duration_ms: 45_000 })

    const { code, stdout, stderr } = await examples.run(
      'examples/node-service/predictions.js',
      server.variables,
    )

    expect(code).toBe(0)
    expect(stdout).toContain('inputTokens: 215000, outputTokens: 72000')
    expect(stdout).toContain('$1.15')
    expect(stdout).toContain('45s')
    expect(stdout).toContain('input: 1.075, output: 0.9')
    expect(stdout).toContain("gatePassRate: '100%', successRate: '100%'")
    expect(stderr).toContain('Low confidence')
  })
})

describe.concurrent('the configuration examples', () => {
  it('send nothing in a dry run', async () => {
    await using server = await startGuideServer()

    const { requested, stats } = await examples.runSnippet('development', server.variables)

    expect(requested).toEqual([])
    expect(stats.tracked).toBe(1)
  })

  it('deliver to the address of production', async () => {
    await using server = await startGuideServer()

    const { requested, logged } = await examples.runSnippet('production', server.variables)

    expect(requested).toEqual(['https://tel-api.mosaicstack.dev/v1/events/batch'])
    expect(logged).toEqual([])
    expect(await server.stored()).toHaveLength(1)
  })

  it("tell the application's logger what went wrong in production", async () => {
    await using server = await startGuideServer()

    const { logged } = await examples.runSnippet('production', {
      ...server.variables,
      ...server.foreignInstance,
    })

    expect(logged[0]).toContain('Telemetry submission failed: HTTP 403')
  })

  it.each([
    ['false', 0],
    ['true', 1],
  ])('with TELEMETRY_ENABLED=%s deliver %d events', async (enabled, count) => {
    await using server = await startGuideServer()

    await examples.runSnippet('conditional', { ...server.variables, TELEMETRY_ENABLED: enabled })

    expect(await server.stored()).toHaveLength(count)
  })
})

describe.concurrent('the error handler of the guide', () => {
  it('recognises HTTP 403: a key of another instance', async () => {
    await using server = await startGuideServer()

    const { stderr, stats } = await examples.runSnippet('error-handling', {
      ...server.variables,
      ...server.foreignInstance,
    })

    expect(stderr).toMatch(/auth failed/)
    expect(stats.delivered).toBe(0)
  })

  it('recognises HTTP 429: too many requests', async () => {
    await using server = await startGuideServer({ rateLimitEnabled: true, rateLimitRpm: 1 })
    await server.report(1)

    const { stderr, stats } = await examples.runSnippet('error-handling', server.variables)

    expect(stderr).toMatch(/rate limited/)
    expect(stats.delivered).toBe(0)
  })

  it('is told about everything else', async () => {
    await using server = await startGuideServer()
    const variables = { ...server.variables, MOSAIC_TELEMETRY_API_KEY: 'ab'.repeat(32) }

    const { stderr } = await examples.runSnippet('error-handling', variables)

    expect(stderr).toMatch(/Telemetry error: HTTP 401/)
  })
})
