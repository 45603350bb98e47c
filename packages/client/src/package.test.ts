import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** The package as npm would publish it, alone in an empty project. */
const packageRoot = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../../../node_modules/.bin/tsc', import.meta.url))
const typesOfNode = fileURLToPath(new URL('../../../node_modules/@types', import.meta.url))
const undiciTypes = fileURLToPath(new URL('../../../node_modules/undici-types', import.meta.url))
const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8')

const MAX_GZIP_BYTES = 12 * 1024

let project: string

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'package-'))
  writeFileSync(join(project, 'package.json'), '{"name":"empty","private":true,"type":"module"}')
  npm(packageRoot, 'pack', '--pack-destination', project)
  const tarball = readdirSync(project).find((file) => file.endsWith('.tgz'))
  npm(project, 'install', '--offline', '--no-audit', '--no-fund', `./${tarball}`)
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

function npm(cwd: string, ...args: string[]): void {
  execFileSync('npm', args, { cwd, stdio: 'pipe' })
}

function node(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8', stdio: 'pipe' })
}

/** What a bundler makes of a program, for a runtime without Node's modules. */
async function bundle(program: string): Promise<string> {
  const input = join(project, 'program.js')
  writeFileSync(input, program)
  const built = await rolldown({
    input,
    cwd: project,
    platform: 'neutral',
    resolve: { conditionNames: ['workerd', 'import'] },
    logLevel: 'silent',
  })
  const { output } = await built.generate({ minify: true })
  return output[0].code
}

describe('the package', () => {
  it('installs alone, without a dependency', () => {
    const installed = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))

    expect(installed).toEqual(['@mosaicstack'])
    expect(readdirSync(join(project, 'node_modules/@mosaicstack'))).toEqual(['telemetry-client'])
  })

  it('contains what it needs and no sources, tests or maps', () => {
    const files = readdirSync(join(project, 'node_modules/@mosaicstack/telemetry-client'), {
      recursive: true,
    }).map(String)

    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', join('dist', 'index.d.ts')]))
    expect(files.filter((file) => /\.(?:map|tsbuildinfo)$|test|src/.test(file))).toEqual([])
  })

  it('exports the names that it promises', () => {
    writeFileSync(
      join(project, 'names.js'),
      "console.log(Object.keys(await import('@mosaicstack/telemetry-client')).sort().join())",
    )

    const names = node('names.js')

    expect(names.trim()).toBe(
      'Complexity,EventBuilder,EventQueue,Harness,Outcome,PersonalCorrection,PredictionCache,Provider,QualityGate,RepoSizeCategory,' +
        'TaskType,TelemetryClient,TelemetryError,validateConfig,validateEvent',
    )
  })

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('has types for the example of its README under module %s, resolution %s', (module, resolution) => {
    mkdirSync(join(project, 'types'), { recursive: true })
    cpSync(join(typesOfNode, 'node'), join(project, 'types/node'), { recursive: true })
    cpSync(undiciTypes, join(project, 'node_modules/undici-types'), { recursive: true })
    const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
    writeFileSync(join(project, 'example.ts'), example)

    const options = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--target',
      'es2022',
      '--typeRoots',
      'types',
    ]
    execFileSync(
      tsc,
      [...options, '--types', 'node', '--module', module, '--moduleResolution', resolution, 'example.ts'],
      { cwd: project, stdio: 'pipe' },
    )

    rmSync(join(project, 'node_modules/undici-types'), { recursive: true })
  })

  it('runs where there is no Node module, and says that there is no disk', async () => {
    const program = `
      import { TelemetryClient } from '@mosaicstack/telemetry-client'
      const errors = []
      const client = new TelemetryClient({
        serverUrl: 'https://telemetry.example', apiKey: 'msk_key', spoolDir: '/spool',
        instanceId: 'a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d', onError: (error) => errors.push(error.code),
        fetch: async (url, { body }) => {
          const { events } = JSON.parse(body)
          return new Response(JSON.stringify({ results: events.map(() => ({ status: 'accepted' })) }), { status: 202 })
        },
      })
      client.track(client.eventBuilder.build())
      await client.stop()
      console.log(JSON.stringify([client.stats.delivered, errors]))`

    const code = await bundle(program)
    writeFileSync(join(project, 'bundle.mjs'), code)
    writeFileSync(join(project, 'unbundled.mjs'), program)

    expect(code).not.toMatch(/["'`]node:/)
    expect(node('bundle.mjs')).toBe('[1,["SPOOL_UNAVAILABLE"]]\n')
    expect(node('--conditions=workerd', 'unbundled.mjs')).toBe('[1,["SPOOL_UNAVAILABLE"]]\n')
  })

  it('costs at most 12 KB, and next to nothing where only an enum is used', async () => {
    const client = await bundle("export { TelemetryClient } from '@mosaicstack/telemetry-client'")
    const oneEnum = await bundle("export { Outcome } from '@mosaicstack/telemetry-client'")

    expect(gzipSync(client).length).toBeLessThanOrEqual(MAX_GZIP_BYTES)
    expect(oneEnum.length).toBeLessThan(300)
  })
})
