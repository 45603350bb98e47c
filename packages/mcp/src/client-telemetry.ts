import {
  TelemetryClient,
  type ClientStats,
  type EventFields,
  type TelemetryConfig,
  type TelemetryError,
} from '@mosaicstack/telemetry-client'
import { describeFailure, type FailureWords } from '@mosaicstack/telemetry-client/describe'

import type { Connection, FindConnection } from './connection.ts'
import type { Telemetry, Told } from './telemetry.ts'

/** An agent waits for the answer: later is worse than not at all. */
const REQUEST_TIMEOUT_MS = 5_000
/** The host has closed the connection and may kill this process at any time; the spool has everything. */
const STOP_TIMEOUT_MS = 1_000
/** None: a question costs a millisecond, and what was reported since the last one counts. */
const CACHE_TTL_MS = 1

const SWITCHED_OFF: FailureWords = {
  what: 'MOSAIC_TELEMETRY_ENABLED switches telemetry off, so nothing was sent',
  nextStep: 'Set it to true where that is not meant.',
}

/** A client and what it complains of. */
interface Listened {
  readonly client: TelemetryClient
  readonly complaints: {
    /** The latest since somebody looked. */
    latest: TelemetryError | undefined
    /** What is wrong with the configuration, known from the start. */
    readonly setUp: TelemetryError | undefined
  }
}

/** Where `DO_NOT_TRACK` is set. Questions name a kind of task only, and are asked all the same. */
const NOT_TRACKED: FailureWords = {
  what: 'DO_NOT_TRACK is set, so nothing was sent',
  nextStep: 'There is nothing to do; predict_task works all the same.',
}

export interface ClientTelemetryOptions {
  readonly findConnection: FindConnection
  readonly spoolDir: string
  /** Otherwise nothing is told, and what is left in the spool stays there. */
  readonly mayTell: boolean
}

/** Two clients, so that what one complains of belongs to questions and what the other complains of to reports. */
interface Clients {
  readonly connection: Connection
  readonly asking: Listened
  readonly telling: Listened
}

/** The server through the client SDK, with a spool on disk. */
export function clientTelemetry({ findConnection, mayTell, spoolDir }: ClientTelemetryOptions): Telemetry {
  let clients: Clients | undefined
  const questions = new Set<Promise<unknown>>()
  /** One report after the other, so that what is seen of a delivery belongs to one event. */
  let lastReport: Promise<unknown> = Promise.resolve()

  return {
    async ask(query) {
      const open = connect()
      if ('what' in open) return { kind: 'no_answer', ...open }

      const question = open.asking.client.predict(query)
      questions.add(question)
      const response = await question
      questions.delete(question)
      if (response !== null) return { kind: 'answered', response }
      return { kind: 'no_answer', ...wordsOf(open.asking, open.connection) }
    },

    tell(event) {
      const report = lastReport.then(() => tell(event))
      lastReport = report
      return report
    },

    async close() {
      await Promise.all([...questions, lastReport])
      if (mayTell) await clients?.telling.client.stop({ timeoutMs: STOP_TIMEOUT_MS })
    },
  }

  async function tell(event: EventFields): Promise<Told> {
    if (!mayTell) return { kind: 'refused', ...NOT_TRACKED }
    const open = connect()
    if ('what' in open) return { kind: 'refused', ...open }
    const { connection, telling } = open
    const { client } = telling

    telling.complaints.latest = undefined
    const before = client.stats
    client.track(client.eventBuilder.build(event))
    const isTaken = client.stats.tracked > before.tracked && refusals(client.stats) === refusals(before)
    if (!isTaken) return { kind: 'refused', ...wordsOf(telling, connection) }

    await client.flush()
    if (client.stats.rejected > before.rejected) return { kind: 'refused', ...wordsOf(telling, connection) }
    if (client.queueSize === 0) return { kind: 'stored' }
    return { kind: 'waiting', cause: wordsOf(telling, connection).what }
  }

  function connect(): Clients | FailureWords {
    if (clients !== undefined) return clients
    const connection = findConnection()
    if ('what' in connection) return connection

    const config = { ...connection, maxRetries: 0, requestTimeoutMs: REQUEST_TIMEOUT_MS }
    const asking = listen({ ...config, predictionCacheTtlMs: CACHE_TTL_MS })
    const telling = listen({ ...config, spoolDir })
    if (mayTell) telling.client.start() // delivers what an agent that was killed has left
    clients = { connection, asking, telling }
    return clients
  }
}

function listen(config: TelemetryConfig): Listened {
  const complaints: { latest: TelemetryError | undefined; setUp: TelemetryError | undefined } = {
    latest: undefined,
    setUp: undefined,
  }
  const onError = (error: Error): void => void (complaints.latest = error as TelemetryError)
  const client = new TelemetryClient({ ...config, onError })
  complaints.setUp = complaints.latest
  return { client, complaints }
}

/** Events that `track()` did not take, for whatever reason. */
function refusals({ lost }: ClientStats): number {
  return lost.invalid + lost.foreign_instance + lost.unconfigured + lost.stopped
}

/** Where nobody complains nobody was asked: the master switch of whoever runs the process is off. */
function wordsOf({ complaints }: Listened, { serverUrl }: Connection): FailureWords {
  const error = complaints.latest ?? complaints.setUp
  return error === undefined ? SWITCHED_OFF : describeFailure(error, serverUrl)
}
