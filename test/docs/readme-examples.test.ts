import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startNode, temporaryDirectory, type Variables } from '../cli/run-cli.ts'
import { typeCheck } from '../guide/compiled-examples.ts'
import { startGuideServer } from '../guide/guide-server.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('the TypeScript examples of the READMEs', () => {
  let directory: string
  let diagnostics: string

  beforeAll(async () => {
    // Inside the repository, so that the packages are found as in a project that has installed them.
    mkdirSync(join(ROOT, 'node_modules/.cache'), { recursive: true })
    directory = mkdtempSync(join(ROOT, 'node_modules/.cache/readme-examples-'))
    writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
    writeFileSync(
      join(directory, 'tsconfig.json'),
      JSON.stringify({
        extends: join(ROOT, 'test/guide/tsconfig.json'),
        compilerOptions: {
          rootDir: '.',
          paths: {},
          types: ['node'],
          typeRoots: [join(ROOT, 'node_modules/@types')],
        },
        include: ['*.ts'],
      }),
    )
    writeFileSync(join(directory, 'root.ts'), onlyExampleOf('README.md'))
    writeFileSync(join(directory, 'client.ts'), onlyExampleOf('packages/client/README.md'))
    diagnostics = await typeCheck(join(directory, 'tsconfig.json'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('compile as they are printed', () => {
    expect(diagnostics).toBe('')
  })

  it('of the first page report a task and ask for a prediction', async () => {
    await using server = await startGuideServer()

    const empty = await run('root.js', server.variables)
    const again = await run('root.js', server.variables)

    expect(empty).toMatchObject({ code: 0, stdout: 'undefined none\n', stderr: '' })
    expect(again).toMatchObject({ code: 0, stdout: '0 low\n', stderr: '' })
    const task = { taskType: 'debugging', complexity: 'high', inputTokens: 112_340, outputTokens: 38_760 }
    expect(await server.stored()).toMatchObject([task, task])
  })

  it('of the client do the same with a spool', async () => {
    await using server = await startGuideServer()
    using spool = temporaryDirectory()
    // The address and the directory are placeholders; nothing else is changed.
    const printed = readFileSync(join(directory, 'client.js'), 'utf8')
    const program = printed
      .replace('https://telemetry.example.com', server.url)
      .replace('/var/lib/my-agent/telemetry', spool.path)
    expect(program).not.toBe(printed)
    writeFileSync(join(directory, 'client.js'), program)

    const { code, stdout, stderr } = await run('client.js', server.variables)

    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: 'undefined\n' })
    expect(await server.stored()).toMatchObject([
      { inputTokens: 215_000, outputTokens: 72_000, succeeded: true },
    ])
  })

  function run(program: string, variables: Variables) {
    return startNode([join(directory, program)], variables).finished
  }
})

function onlyExampleOf(file: string): string {
  const blocks = [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)]
  expect(blocks, `TypeScript blocks in ${file}`).toHaveLength(1)
  return blocks[0]![1]!
}
