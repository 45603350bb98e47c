import type { KeyedOtlpRequest, OtlpBatch, OtlpMark, OtlpPoint } from '../storage/otlp-store.ts'
import { isClaudeCode, readClaudeCodeEvent, readClaudeCodeSpan } from './claude-code-events.ts'
import { readGenAiSpan } from './gen-ai-spans.ts'
import {
  type Attributes,
  type LogRecord,
  readLogRecords,
  readPointRecords,
  readSpanRecords,
  type RecordList,
  type SpanRecord,
} from './otlp-records.ts'
import type { Reading } from './reading.ts'
import { readPoint } from './token-metrics.ts'

/** The kinds of OTLP request, by the end of their path. */
export type Signal = 'logs' | 'traces' | 'metrics'

/** What a body says: what is kept of it, and how much was not. */
export interface BodyReading {
  readonly batch: OtlpBatch
  readonly malformed: number
  /** What was wrong with the first malformed record. */
  readonly problem: string | undefined
  /** By name of event, span or metric; the names are the sender's. */
  readonly ignored: ReadonlyMap<string, number>
}

/** A body larger than a transaction should be waits like one as large: it has to get its turn. */
const MAX_BATCH_COUNT = 2000
/** Longer than any session id of a harness; what is longer names no session. */
const MAX_SESSION_ID_LENGTH = 128

/** @returns `undefined` for a body that is no request of that kind. */
export function readBody(
  signal: Signal,
  body: unknown,
  { instanceNo, nowMs }: { readonly instanceNo: number; readonly nowMs: number },
): BodyReading | undefined {
  const list = READERS[signal](body)
  if (list === undefined) return undefined

  const requests: KeyedOtlpRequest[] = []
  const marks: OtlpMark[] = []
  const points: OtlpPoint[] = []
  const ignored = new Map<string, number>()
  let malformed = list.unreadable
  let problem = malformed > 0 ? 'a list has an entry that is no object' : undefined
  for (const reading of list.readings) {
    if (reading.kind === 'request') requests.push(reading.request)
    else if (reading.kind === 'mark') marks.push(reading.mark)
    else if (reading.kind === 'point') points.push(reading.point)
    else if (reading.kind === 'ignored') ignored.set(reading.name, (ignored.get(reading.name) ?? 0) + 1)
    else {
      malformed++
      problem ??= reading.problem
    }
  }
  const rows = requests.length + marks.length + points.length
  const batch = {
    instanceNo,
    count: Math.min(rows, MAX_BATCH_COUNT),
    heardAtMs: nowMs,
    requests,
    marks,
    points,
    sessionIds: [...list.sessionIds],
  }
  return { batch, malformed, problem, ignored }
}

interface ReadingList {
  readonly readings: readonly Reading[]
  readonly unreadable: number
  readonly sessionIds: ReadonlySet<string>
}

const READERS: Readonly<Record<Signal, (body: unknown) => ReadingList | undefined>> = {
  logs: (body) => readEach(readLogRecords(body), readLog),
  traces: (body) => readEach(readSpanRecords(body), readSpan),
  metrics: (body) => readEach(readPointRecords(body), readPoint),
}

function readEach<Record extends { readonly attributes: Attributes }>(
  list: RecordList<Record> | undefined,
  read: (record: Record) => Reading,
): ReadingList | undefined {
  if (list === undefined) return undefined
  const sessionIds = new Set<string>()
  const readings = list.records.map((record) => {
    const sessionId = record.attributes.get('session.id')
    if (typeof sessionId === 'string' && isSessionId(sessionId)) sessionIds.add(sessionId)
    return read(record)
  })
  return { readings, unreadable: list.unreadable, sessionIds }
}

function isSessionId(text: string): boolean {
  return text.length <= MAX_SESSION_ID_LENGTH && /^[\x21-\x7e]+$/.test(text)
}

function readLog(log: LogRecord): Reading {
  return isClaudeCode(log) ? readClaudeCodeEvent(log) : { kind: 'ignored', name: 'other_log' }
}

function readSpan(span: SpanRecord): Reading {
  return span.name?.startsWith('claude_code.') ? readClaudeCodeSpan(span) : readGenAiSpan(span)
}
