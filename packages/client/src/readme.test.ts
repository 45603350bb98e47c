import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { options } from './config.ts'
import { VERSION } from './version.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** Options whose default has no short spelling. */
const IN_WORDS: Readonly<Record<string, string>> = {
  serverUrl: 'required',
  apiKey: 'required',
  instanceId: 'required',
  onError: 'none',
  spoolDir: 'none',
  logger: 'none',
  fetch: 'the global one',
  flushAt: '`0` (half of `maxQueueSize`)',
}

describe('the README', () => {
  it('lists every option with its default and environment variable, in the order of the table', () => {
    const rows = readme.split('\n').filter((line) => /^\| `[a-zA-Z]+` \|/.test(line))

    expect(rows).toEqual(
      Object.entries(options).map(([name, { default: value, ...option }]) => {
        const environment = 'env' in option ? `\`${option.env}\` ` : ''
        return `| \`${name}\` | ${IN_WORDS[name] ?? `\`${String(value)}\``} | ${environment}|`
      }),
    )
  })
})

it('the user agent names the version of the package', () => {
  expect(VERSION).toBe(manifest.version)
})
