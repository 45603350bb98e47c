import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

// Types from the build, as this project compiles nothing outside its folder.
import type * as predictorModule from '../../packages/server/dist/predictions/predictor.js'
import type * as projectorModule from '../../packages/server/dist/predictions/projector.js'
import type * as sketchModule from '../../packages/server/dist/predictions/sketch.js'
import type * as sketchedCodecModule from '../../packages/server/dist/predictions/sketched-codec.js'
import type * as unitsModule from '../../packages/server/dist/predictions/units.js'
import type * as sqliteStoreModule from '../../packages/server/dist/storage/sqlite/sqlite-store.js'

/** Parts of the server that are no promise to anybody, from the build, as the server runs them. */
const dist = join(
  dirname(createRequire(import.meta.url).resolve('@mosaicstack/telemetry-server/package.json')),
  'dist',
)

function load<Module>(file: string): Promise<Module> {
  return import(pathToFileURL(join(dist, file)).href) as Promise<Module>
}

export const { Predictor } = await load<typeof predictorModule>('predictions/predictor.js')
export const { Projector } = await load<typeof projectorModule>('predictions/projector.js')
export const { BUCKETS, bucketValue, Sketch } = await load<typeof sketchModule>('predictions/sketch.js')
export const { encodeSketched } = await load<typeof sketchedCodecModule>('predictions/sketched-codec.js')
export const { Units } = await load<typeof unitsModule>('predictions/units.js')
export const { openSqliteStore } = await load<typeof sqliteStoreModule>('storage/sqlite/sqlite-store.js')

export type Units = InstanceType<typeof Units>
export type Predictor = InstanceType<typeof Predictor>
