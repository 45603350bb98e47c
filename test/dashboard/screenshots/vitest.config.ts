import { defineConfig } from 'vitest/config'

const conditions = ['@mosaicstack/source', 'node', 'default']

// `npm run screenshots` writes docs/images/ anew. It is no test: what it makes has to be looked at.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['test/dashboard/screenshots/take-screenshots.ts'],
    testTimeout: 180_000,
    env: { TZ: 'UTC' },
  },
})
