import { Worker } from 'node:worker_threads'

import type { BatchEventResponse } from '@mosaicstack/telemetry-client/protocol'
import type { Store } from '@mosaicstack/telemetry-server'

import type { EventRequest } from '../ingest/event-request.ts'
import { apiKeyOf, INSTANCES, instanceIdOf } from '../ingest/population.ts'
import {
  EventFlattener,
  packRows,
  parseJson,
  PlainEventReader,
  Projector,
  renderBatchAnswer,
  serverMetrics,
  Units,
} from '../ingest/server-internals.ts'
import { aKeyRing, noSources, plainServer, realApp, sendAll } from './in-process-servers.ts'
import { measureCpu } from './measure-cpu.ts'
import { measureWriterStages } from './writer-stages.ts'

/** What one stage takes of the thread that it runs on. */
export interface Stage {
  readonly name: string
  /** `careful`: on the main thread, in place of reading a plain body. */
  readonly thread: 'main' | 'writer' | 'careful'
  readonly microsPerEvent: number
}

export interface StageTable {
  readonly perBatch: number
  readonly stages: readonly Stage[]
}

type Event = { readonly event_id: string }

/** Each stage is the server's own function, on the bodies that the load sends. */
export async function measureStages(
  requests: readonly EventRequest[],
  perBatch: number,
): Promise<readonly Stage[]> {
  const nowMs = Date.now()
  const bodies = requests.map((request) => bodyOf(request.renew()))
  const parsed = bodies.map((body) => eventsIn(parseJson(body)))
  const rows = parsed.map((events, number) => flatten(events, number, nowMs))
  const groups = inGroups(rows, perBatch === 1 ? 30 : 10)
  const answers = parsed.map((events): BatchEventResponse => ({
    accepted: events.length,
    rejected: 0,
    results: events.map(({ event_id }) => ({ event_id, status: 'accepted', error: null })),
  }))
  const keys = await aKeyRing()
  const reader = new PlainEventReader()
  const [plain, app] = [plainServer(), await realApp(keys)]
  const metrics = serverMetrics(noSources)
  const sink = new Worker(`require('node:worker_threads').parentPort.on('message', () => {})`, { eval: true })
  const events = requests.length * perBatch
  const stage = async (
    name: string,
    pass: () => unknown,
    thread: Stage['thread'] = 'main',
  ): Promise<Stage> => ({
    name,
    thread,
    microsPerEvent: (await measureCpu(pass)) / events,
  })

  const plainHttp = await stage('node:http: read the request, write the answer', () =>
    sendAll(plain, requests),
  )
  const auth = await stage('key: hash and look up', () =>
    requests.forEach((_, number) => keys.authenticate(apiKeyOf(number % INSTANCES), nowMs)),
  )
  const count = await stage('counters of the request', () =>
    requests.forEach(() => metrics.requestAnswered('/v1/events/batch', 202, 0.01)),
  )
  const whole = await stage('', () => sendAll(app, requests))
  const known = plainHttp.microsPerEvent + auth.microsPerEvent + count.microsPerEvent
  const stages = [
    plainHttp,
    { ...whole, name: 'routing, hooks, log', microsPerEvent: Math.max(0, whole.microsPerEvent - known) },
    auth,
    await stage('read the body into rows, validated', () =>
      bodies.forEach((body, number) => readPlain(reader, body, number, nowMs)),
    ),
    await stage('not plain: decode UTF-8, `JSON.parse`', () => bodies.forEach(parseJson), 'careful'),
    await stage(
      'not plain: validate and flatten',
      () => parsed.forEach((each, number) => flatten(each, number, nowMs)),
      'careful',
    ),
    await stage('hand over to the writer', () =>
      groups.forEach((group) => sink.postMessage(packRows(group))),
    ),
    await stage('fold into prediction units', () => foldAll(rows)),
    await stage('write the answer', () => answers.forEach(renderBatchAnswer)),
    count,
  ]
  await sink.terminate()
  return [...stages, ...(await measureWriterStages(groups))]
}

function bodyOf(request: Buffer): Buffer {
  return request.subarray(request.indexOf('\r\n\r\n') + 4)
}

function eventsIn(body: unknown): readonly Event[] {
  return (body as { readonly events?: readonly Event[] }).events ?? [body as Event]
}

const OWNERS = Array.from({ length: INSTANCES }, (_, instance) => ({
  instanceId: instanceIdOf(instance),
  instanceNo: instance + 1,
}))

function ownerOf(number: number) {
  return OWNERS[number % INSTANCES] as (typeof OWNERS)[number]
}

function readPlain(
  reader: InstanceType<typeof PlainEventReader>,
  body: Buffer,
  number: number,
  nowMs: number,
): void {
  const envelope = body.indexOf('{"events"') === 0 ? 'batch' : 'event'
  if (reader.read(body, envelope, ownerOf(number), nowMs) === undefined)
    throw new Error('the load is not plain')
}

function flatten(events: readonly Event[], number: number, nowMs: number) {
  const flattener = new EventFlattener(ownerOf(number), nowMs, events.length)
  for (const event of events) if (!flattener.addIfPlain(event)) throw new Error('the load is not plain')
  return flattener.rows()
}

/** Requests that commit together. */
function inGroups<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  )
}

function foldAll(rows: readonly ReturnType<typeof flatten>[]): void {
  const units = new Units({ windowMs: 90 * 86_400_000 })
  const projector = new Projector({} as Store, units)
  let position = 0
  for (const each of rows) {
    position += each.count
    projector.fold({ requests: [each], appended: [new Uint8Array(each.count).fill(1)], position })
  }
}
