import { defineConfig } from 'vitest/config'

import { closingLine } from './scripts/closing-line.ts'

// Tests run the sources; only threads and child processes run what `tsc -b` wrote.
const conditions = ['@mosaicstack/source', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    env: { TZ: 'UTC', NO_COLOR: '1' },
    reporters: ['default', closingLine],
  },
})
