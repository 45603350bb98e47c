import { defineConfig } from 'vitest/config'

// The workspace's own vitest runs these; only the peers are installed here.
export default defineConfig({ test: { include: ['**/*.test.ts'], exclude: ['dist/**', 'node_modules/**'] } })
