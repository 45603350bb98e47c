import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

// Types from the build, as this project compiles nothing outside its folder.
import type * as keyRing from '../../../packages/server/dist/auth/key-ring.js'
import type * as app from '../../../packages/server/dist/http/app.js'
import type * as authenticate from '../../../packages/server/dist/http/authenticate.js'
import type * as batchAnswer from '../../../packages/server/dist/http/v1/batch-answer.js'
import type * as bodyBudget from '../../../packages/server/dist/http/body-budget.js'
import type * as bodyParser from '../../../packages/server/dist/http/body-parser.js'
import type * as metrics from '../../../packages/server/dist/http/metrics.js'
import type * as requireRoomHook from '../../../packages/server/dist/http/require-room.js'
import type * as ingestEvents from '../../../packages/server/dist/ingest/ingest-events.js'
import type * as plainEvents from '../../../packages/server/dist/ingest/plain/plain-events.js'
import type * as steps from '../../../packages/server/dist/ingest/steps.js'
import type * as logger from '../../../packages/server/dist/logger.js'
import type * as projector from '../../../packages/server/dist/predictions/projector.js'
import type * as units from '../../../packages/server/dist/predictions/units.js'
import type * as eventRows from '../../../packages/server/dist/storage/event-rows.js'
import type * as openDatabase from '../../../packages/server/dist/storage/sqlite/open-database.js'
import type * as packedRows from '../../../packages/server/dist/storage/sqlite/packed-rows.js'
import type * as writerOperations from '../../../packages/server/dist/storage/sqlite/writer-operations.js'

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

export const { KeyRing } = await load<typeof keyRing>('auth/key-ring.js')
export const { buildApp } = await load<typeof app>('http/app.js')
export const { requireKey } = await load<typeof authenticate>('http/authenticate.js')
export const { renderBatchAnswer } = await load<typeof batchAnswer>('http/v1/batch-answer.js')
export const { BodyBudget } = await load<typeof bodyBudget>('http/body-budget.js')
export const { requireRoom } = await load<typeof requireRoomHook>('http/require-room.js')
export const { parseJson } = await load<typeof bodyParser>('http/body-parser.js')
export const { serverMetrics } = await load<typeof metrics>('http/metrics.js')
export const { ingestEvents: openIngest } = await load<typeof ingestEvents>('ingest/ingest-events.js')
export const { PlainEventReader } = await load<typeof plainEvents>('ingest/plain/plain-events.js')
export const { intakeSteps } = await load<typeof steps>('ingest/steps.js')
export const { createLogger } = await load<typeof logger>('logger.js')
export const { Projector } = await load<typeof projector>('predictions/projector.js')
export const { Units } = await load<typeof units>('predictions/units.js')
export const { EventFlattener, toEventRows } = await load<typeof eventRows>('storage/event-rows.js')
export const { openDatabase: openSqliteDatabase } = await load<typeof openDatabase>(
  'storage/sqlite/open-database.js',
)
export const { packRows } = await load<typeof packedRows>('storage/sqlite/packed-rows.js')
export const { writerOperations: openWriter } = await load<typeof writerOperations>(
  'storage/sqlite/writer-operations.js',
)
