import preact from '@preact/preset-vite'
import { defineConfig } from 'vite'

import { plotWithoutInlineStyle } from './build/plot-without-inline-style.ts'
import { precompressed } from './build/precompressed.ts'

/** The server that `vite` passes requests on to while somebody works on the dashboard. */
const server = process.env['MOSAIC_TELEMETRY_SERVER_URL'] ?? 'http://127.0.0.1:8765'

// oxlint-disable-next-line import/no-default-export -- Vite reads its settings from the default export
export default defineConfig({
  // Relative, so that a proxy may put the whole server under a path.
  base: './',
  plugins: [preact(), plotWithoutInlineStyle(), precompressed()],
  resolve: { conditions: ['@mosaicstack/source', 'browser', 'import', 'module', 'default'] },
  build: {
    target: 'es2022',
    // Everything is a file of its own: the page's policy allows no inline code and no inline style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What is bundled comes with its licence.
    license: { fileName: 'licenses.md' },
  },
  server: { proxy: { '/v1': server, '/login': server, '/logout': server } },
})
