import { defineConfig } from 'vitest/config'

import { closingLine } from './scripts/closing-line.ts'

// Tests run the sources; only threads and child processes run what `tsc -b` wrote. `import` is not among the conditions:
// Node would take it for `require`, too, which pg does with packages that have both.
const conditions = ['@mosaicstack/source', 'node', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['packages/server/src/testing/postgres-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    env: { TZ: 'UTC', NO_COLOR: '1' },
    reporters: ['default', closingLine],
  },
})
