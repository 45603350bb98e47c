import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

// Types from the build, as this project compiles nothing outside its folder.
import type * as estimatesPanel from '../../../packages/server/dist/dashboard/panels/estimates.js'
import type * as filtersPanel from '../../../packages/server/dist/dashboard/panels/filters.js'
import type * as gatesPanel from '../../../packages/server/dist/dashboard/panels/gates.js'
import type * as spendPanel from '../../../packages/server/dist/dashboard/panels/spend.js'
import type * as worthPanel from '../../../packages/server/dist/dashboard/panels/worth.js'
import type * as rollupReader from '../../../packages/server/dist/dashboard/rollup-reader.js'
import type * as selection from '../../../packages/server/dist/dashboard/selection.js'

const dist = join(
  dirname(createRequire(import.meta.url).resolve('@mosaicstack/telemetry-server/package.json')),
  'dist',
  'dashboard',
)

function load<Module>(file: string): Promise<Module> {
  return import(pathToFileURL(join(dist, file)).href) as Promise<Module>
}

export const { estimates } = await load<typeof estimatesPanel>('panels/estimates.js')
export const { filters } = await load<typeof filtersPanel>('panels/filters.js')
export const { gates } = await load<typeof gatesPanel>('panels/gates.js')
export const { spend } = await load<typeof spendPanel>('panels/spend.js')
export const { worth } = await load<typeof worthPanel>('panels/worth.js')
export const { RollupReader } = await load<typeof rollupReader>('rollup-reader.js')
export const { readSelection } = await load<typeof selection>('selection.js')
