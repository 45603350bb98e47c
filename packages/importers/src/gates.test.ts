import { expect, it } from 'vitest'

import { gatesOf } from './gates.ts'

it.each([
  ['npm test', ['test']],
  ['cd packages/a && npm run lint && npx vitest run', ['lint', 'test']],
  ['CI=1 npx tsc -b --noEmit', ['typecheck']],
  ['pytest --cov=app tests', ['coverage']],
  ['cargo clippy -- -D warnings; cargo test', ['lint', 'test']],
  ['go vet ./... && go build ./...', ['lint', 'build']],
  ['npm audit', ['security']],
  ['mix compile', ['build']],
  ['make', ['build']],
  ['grep -rn "npm test" docs', []],
  ['ls tests && cat jest.config.js', []],
  ['git commit -m "test: build the lint"', []],
  ['python3 hello.py', []],
])('%s is %j', (command, gates) => {
  expect(gatesOf(command)).toEqual(gates)
})
