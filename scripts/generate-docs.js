import { readFileSync, writeFileSync } from 'node:fs'

import { settingsTable } from '../packages/server/dist/config/settings-table.js'

/**
 * Renews the generated parts of the documentation, between `<!-- begin NAME -->` and `<!-- end NAME -->`. With
 * `--check` it changes nothing and fails where a part is not current.
 */
const parts = [{ file: 'docs/configuration.md', name: 'settings', text: settingsTable() }]

let isCurrent = true
for (const { file, name, text } of parts) {
  const url = new URL(`../${file}`, import.meta.url)
  const before = readFileSync(url, 'utf8')
  const pattern = new RegExp(`(<!-- begin ${name} -->\n)[^]*?(<!-- end ${name} -->)`)
  const after = before.replace(pattern, (_, begin, end) => `${begin}${text}\n${end}`)
  if (after === before) continue

  isCurrent = false
  if (process.argv.includes('--check'))
    process.stderr.write(`${file}: ${name} is not current; run \`npm run docs\`\n`)
  else writeFileSync(url, after)
}
if (!isCurrent && process.argv.includes('--check')) process.exitCode = 1
