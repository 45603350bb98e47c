import { expect, it } from 'vitest'

import { areaOf, languageOf } from './languages.ts'

it.each([
  ['/home/a/src/main.rs', 'rust', 'source'],
  ['C:\\code\\App.TSX', 'typescript', 'source'],
  ['src/app.test.ts', 'typescript', 'test'],
  ['tests/test_app.py', 'python', 'test'],
  ['pkg/app_test.go', 'go', 'test'],
  ['README.md', 'markdown', 'docs'],
  ['docs/index.html', 'html', 'docs'],
  ['package.json', 'json', 'config'],
  ['vite.config.ts', 'typescript', 'config'],
  ['Dockerfile', 'docker', 'config'],
  ['.github/workflows/ci.yml', 'yaml', 'config'],
  ['image.png', undefined, 'source'],
])('%s is %s and %s', (path, language, area) => {
  expect([languageOf(path), areaOf(path)]).toEqual([language, area])
})
