import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

// From the build, as this project compiles nothing outside its folder.
import type * as eventRows from '../../../packages/server/dist/storage/event-rows.js'

/**
 * Functions of the server that are no promise to anybody, for measuring them one by one. They come from the build, as
 * the server runs them.
 */
const dist = join(
  dirname(createRequire(import.meta.url).resolve('@mosaicstack/telemetry-server/package.json')),
  'dist',
)

function load<Module>(file: string): Promise<Module> {
  return import(pathToFileURL(join(dist, file)).href) as Promise<Module>
}

export const { toEventRows } = await load<typeof eventRows>('storage/event-rows.js')
