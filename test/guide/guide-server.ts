import { TelemetryClient, type TaskCompletionEvent } from '@mosaicstack/telemetry-client'
import {
  administration,
  databaseFile,
  openSqliteStore,
  readLocalCredentials,
  resolveConfig,
  startServer,
  type GivenSettings,
} from '@mosaicstack/telemetry-server'

import { anEvent } from '../../packages/client/src/testing/an-event.ts'
import type { Observation } from '../../packages/server/src/predictions/observation.ts'
import { temporaryDirectory, type Variables } from '../cli/run-cli.ts'

/** A real server on a store of its own, with what an example needs to talk to it. */
export interface GuideServer extends AsyncDisposable {
  readonly url: string
  readonly instanceId: string
  /** The environment under the guide's names and under the client's own. */
  readonly variables: Variables
  /** Variables that pair the key with an instance it does not belong to. */
  readonly foreignInstance: Variables
  /** Reports the same task a number of times. */
  report(count: number, fields?: Partial<TaskCompletionEvent>): Promise<void>
  /** The events that are on disk. */
  stored(): Promise<readonly Observation[]>
}

export async function startGuideServer(given: GivenSettings = {}): Promise<GuideServer> {
  const directory = temporaryDirectory()
  const dataDir = directory.path
  const server = await startServer(resolveConfig({ dataDir, port: 0, logLevel: 'silent', ...given }, {}))
  const { api_key: apiKey, instance_id: instanceId } = readLocalCredentials(dataDir)!
  const store = await openSqliteStore(databaseFile(dataDir))
  const other = (await administration(store, Date.now).createInstance({ name: null, instanceId: null }))!

  return {
    url: server.url,
    instanceId,
    variables: variablesFor(server.url, apiKey, instanceId),
    foreignInstance: instanceVariables(other.instanceId),
    async report(count, fields = {}) {
      await using client = new TelemetryClient({ serverUrl: server.url, apiKey, instanceId })
      for (let n = 0; n < count; n++) client.track(anEvent({ instance_id: instanceId, ...fields }))
    },
    stored: () => store.observationsAfter(0, 1000),
    async [Symbol.asyncDispose]() {
      await store.close()
      await server.stop()
      directory[Symbol.dispose]()
    },
  }
}

function variablesFor(url: string, apiKey: string, instanceId: string): Variables {
  return {
    GUIDE_SERVER_URL: url,
    TELEMETRY_API_URL: url,
    TELEMETRY_API_KEY: apiKey,
    MOSAIC_TELEMETRY_SERVER_URL: url,
    MOSAIC_TELEMETRY_API_KEY: apiKey,
    ...instanceVariables(instanceId),
  }
}

function instanceVariables(instanceId: string): Variables {
  return { TELEMETRY_INSTANCE_ID: instanceId, MOSAIC_TELEMETRY_INSTANCE_ID: instanceId }
}
