import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { startGuideServer } from '../guide/guide-server.ts'
import { aHome, type Home } from './a-home.ts'

const SETTINGS = '.claude/settings.json'
const MINE = '{\n   "model": "opus",\n   "hooks": {},\n\n   "permissions": {"deny": ["Read(.env)"]}\n}\n'

it('shows the change, writes it after a yes, once, and takes it out again without a trace', async () => {
  using home = aHome()
  home.write(SETTINGS, MINE)

  const asked = await home.run('init claude-code')
  const untouched = read(home)
  const done = await home.run('init claude-code --yes')
  const applied = read(home)
  const again = await home.run('init claude-code --yes')
  const removed = await home.run('init claude-code --remove --yes')

  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('Add --yes') })
  expect(asked.stdout).toMatch(/^\+ +"UserPromptSubmit": \[$/m)
  expect(asked.stdout).not.toMatch(/^[-+].*opus/m)
  expect(untouched).toBe(MINE)
  expect(done.code).toBe(0)
  expect(Object.keys(JSON.parse(applied).hooks)).toEqual([
    'SessionStart',
    'UserPromptSubmit',
    'Stop',
    'SessionEnd',
  ])
  expect(applied).toContain('   "permissions": {"deny": ["Read(.env)"]}')
  expect(again).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('has it all already') })
  expect(removed.code).toBe(0)
  expect(read(home)).toBe(MINE)
  expect(readdirSync(join(home.path, '.claude'))).toEqual(['settings.json'])
})

it('leaves nothing where there was nothing', async () => {
  using home = aHome()

  await home.run('init claude-code --yes')
  await home.run('init claude-code --yes --remove')

  expect(readdirSync(join(home.path, '.claude'))).toEqual([])
})

it('keeps what was changed in between, when it is removed', async () => {
  using home = aHome()
  home.write(SETTINGS, MINE)
  await home.run('init claude-code --yes')
  home.write(SETTINGS, read(home).replace('opus', 'sonnet'))

  await home.run('init claude-code --yes --remove')

  expect(JSON.parse(read(home))).toEqual({ model: 'sonnet', permissions: { deny: ['Read(.env)'] } })
})

it('refuses settings that are broken, and changes nothing', async () => {
  using home = aHome()
  home.write(SETTINGS, '{ "model": "opus", }')

  const { code, stderr } = await home.run('init claude-code --yes')

  expect(code).toBe(1)
  expect(stderr).toContain('the settings file is no JSON object, so nothing was changed')
  expect(read(home)).toBe('{ "model": "opus", }')
})

it('follows a link to settings that are kept elsewhere', async () => {
  using home = aHome()
  home.write('dotfiles/claude.json', MINE)
  home.write('.claude/keep', '')
  symlinkSync(join(home.path, 'dotfiles/claude.json'), join(home.path, SETTINGS))

  await home.run('init claude-code --yes')

  expect(readFileSync(join(home.path, 'dotfiles/claude.json'), 'utf8')).toContain('hook claude-code')
})

it('switches OpenTelemetry on where it is wanted, without the key on the screen', async () => {
  await using server = await startGuideServer()
  using home = aHome()

  const { stdout } = await home.run('init claude-code --otel --yes', server.variables)

  const { env } = JSON.parse(read(home))
  expect(env).toMatchObject({ CLAUDE_CODE_ENABLE_TELEMETRY: '1', OTEL_EXPORTER_OTLP_ENDPOINT: server.url })
  const [, key] = env.OTEL_EXPORTER_OTLP_HEADERS.split('Bearer ')
  expect(stdout).not.toContain(key)
  await home.run('init claude-code --remove --yes')
  expect(readdirSync(join(home.path, '.claude'))).toEqual([])
})

function read({ path }: Home): string {
  return readFileSync(join(path, SETTINGS), 'utf8')
}
