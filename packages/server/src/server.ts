import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'

import { KeyRing } from './auth/key-ring.ts'
import { compose } from './compose.ts'
import type { ServerConfig } from './config/settings.ts'
import { buildApp } from './http/app.ts'
import { listen } from './http/listen.ts'
import { isLoopbackAddress } from './http/loopback.ts'
import { housekeeping } from './housekeeping.ts'
import { repeat } from './lifecycle/repeat.ts'
import { Teardown } from './lifecycle/teardown.ts'
import { databaseFile } from './local-files.ts'
import { prepareLocalInstance } from './local-instance.ts'
import { createLogger } from './logger.ts'
import type { CostOf } from './otlp/task-event.ts'
import { openPredictions } from './open-predictions.ts'
import type { ServerError } from './server-error.ts'
import { openStore } from './storage/open-store.ts'
import { refuseDamagedLog } from './storage/sqlite/damaged-log.ts'
import { lockForServer } from './storage/sqlite/single-server-lock.ts'

/** A server that answers. */
export interface RunningServer {
  /** Where it answers: `http://127.0.0.1:8765`. */
  readonly url: string
  /** Where the local instance and its key are kept, if this start has made them. */
  readonly newCredentialsFile: string | undefined
  /** Resolves where the server can store nothing more until it is started anew; stop it then. */
  readonly failed: Promise<ServerError>
  /** Finishes requests under way, saves what is in memory, lets go of everything. A second call waits for the first. */
  stop(): Promise<void>
}

/** What a server takes from its surroundings besides its settings. */
export interface Surroundings {
  readonly nowMs?: () => number
  readonly logger?: Logger
  /** What a request costs at list price, for those whose sender names no cost; without it they stay without. */
  readonly listPrice?: CostOf
  /** Where the built page of the dashboard lies, if not in its package. */
  readonly dashboardDirectory?: string
}

/**
 * Starts a server: store, predictions, HTTP, in that order, so that the first request finds everything in place.
 *
 * @throws ServerError where the store or the address cannot be used; nothing is left open then.
 */
export async function startServer(
  config: ServerConfig,
  surroundings: Surroundings = {},
): Promise<RunningServer> {
  const nowMs = surroundings.nowMs ?? Date.now
  const logger = surroundings.logger ?? createLogger(config.logLevel)
  const teardown = new Teardown()
  const stop = () =>
    teardown.run((name, error) => logger.error({ err: error }, `while stopping, this failed: ${name}`))

  try {
    const { services, commits, predictions } = await openParts({
      config,
      teardown,
      logger,
      nowMs,
      surroundings,
    })
    const app = await buildApp(services, { logger, ...config })
    teardown.defer('commits', () => Promise.all(commits.map((each) => each.drained())))
    teardown.defer('http', () => closeWithin(app, config.stopTimeoutMs))

    const url = await listen(app, config)
    // A shared database has its instances from whoever administers it, not from the first process that starts.
    const isOwnStore = config.databaseUrl === null && isLoopbackAddress(config.host)
    const newCredentialsFile = isOwnStore
      ? await prepareLocalInstance(services.administration, config.dataDir, url)
      : undefined
    // After the port is open: learning may take its time, answering may not.
    predictions.forecasting.start((error) =>
      logger.error({ err: error }, 'the forecast learns no more; the last one goes on answering'),
    )
    return { url, newCredentialsFile, failed: services.store.failed, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Opens what stands behind HTTP. */
async function openParts(parts: {
  readonly config: ServerConfig
  readonly teardown: Teardown
  readonly logger: Logger
  readonly nowMs: () => number
  readonly surroundings: Surroundings
}) {
  const { config, teardown, logger, nowMs, surroundings } = parts
  const { listPrice, dashboardDirectory } = surroundings
  if (config.databaseUrl === null) {
    const file = databaseFile(config.dataDir)
    teardown.defer('lock', await lockForServer(file))
    refuseDamagedLog(file)
  }
  const onBrokenConnection = (error: Error) => logger.warn({ err: error }, 'a database connection broke')
  const store = await openStore(config, { onBrokenConnection })
  teardown.defer('store', () => store.close())

  const keys = new KeyRing(store)
  const predictions = await openPredictions({ config, store, keys, logger, nowMs })
  await keys.refresh() // after predictions have noted which instances were deleted before
  teardown.defer('predictions', () => predictions.end())
  const composed = compose({ config, store, keys, predictions, nowMs, listPrice, dashboardDirectory })
  const { services, chores } = composed
  for (const chore of housekeeping({ config, keys, predictions, runs: services.runs, chores, nowMs })) {
    if (chore.isDoneAtStop) teardown.defer(chore.name, chore.work)
    const end = repeat(
      () => Math.max(chore.pauseMs, chore.restMs?.() ?? 0),
      chore.work,
      (error) => logger.warn({ err: error }, `this failed and will be tried again: ${chore.name}`),
    )
    teardown.defer(`end of: ${chore.name}`, () => {
      chore.hurry?.()
      return end()
    })
  }
  return { ...composed, predictions }
}

/** Lets requests under way finish, but not for ever. */
async function closeWithin(app: FastifyInstance, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), timeoutMs)
  await app.close()
  clearTimeout(timer)
}
