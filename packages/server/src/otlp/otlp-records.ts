/**
 * The records of an OTLP request, read from its JSON form, or from protobuf decoded into the same shape.
 *
 * Senders differ in what they make of numbers: 64-bit integers come as strings or as numbers, counts as doubles, flags as
 * texts. So attributes are scalars here, and whoever wants a number asks for one (`attribute-reader.ts`). What is no
 * record is counted, never thrown; only a body whose outermost list is none is refused.
 */
export type Scalar = string | number | boolean
export type Attributes = ReadonlyMap<string, Scalar>

export interface LogRecord {
  readonly service: string | undefined
  readonly scope: string | undefined
  /** `claude_code.api_request`: the record's event name, or its body where that is a text. */
  readonly name: string | undefined
  readonly timeMs: number | undefined
  readonly attributes: Attributes
}

export interface SpanRecord {
  readonly service: string | undefined
  readonly name: string | undefined
  /** Hexadecimal. */
  readonly traceId: string | undefined
  /** Hexadecimal. */
  readonly spanId: string | undefined
  readonly startMs: number | undefined
  readonly endMs: number | undefined
  readonly attributes: Attributes
}

export interface PointRecord {
  readonly metric: string | undefined
  readonly temporality: 'delta' | 'cumulative' | undefined
  readonly startUs: number | undefined
  readonly endUs: number | undefined
  readonly value: number | undefined
  readonly attributes: Attributes
}

export interface RecordList<Record> {
  readonly records: readonly Record[]
  /** Entries of the lists that are no objects. */
  readonly unreadable: number
}

type Fields = { readonly [name: string]: unknown }

export function readLogRecords(body: unknown): RecordList<LogRecord> | undefined {
  return readRequest(
    body,
    ['resourceLogs', 'scopeLogs', 'logRecords'],
    (log, { service, scope }): LogRecord[] => [
      {
        service,
        scope,
        name: textOf(log['eventName']) ?? textOf(scalarOf(log['body'])),
        timeMs: msOf(log['timeUnixNano']) ?? msOf(log['observedTimeUnixNano']),
        attributes: attributesOf(log['attributes']),
      },
    ],
  )
}

export function readSpanRecords(body: unknown): RecordList<SpanRecord> | undefined {
  return readRequest(body, ['resourceSpans', 'scopeSpans', 'spans'], (span, { service }): SpanRecord[] => [
    {
      service,
      name: textOf(span['name']),
      traceId: textOf(span['traceId'])?.toLowerCase(),
      spanId: textOf(span['spanId'])?.toLowerCase(),
      startMs: msOf(span['startTimeUnixNano']),
      endMs: msOf(span['endTimeUnixNano']),
      attributes: attributesOf(span['attributes']),
    },
  ])
}

/** The points of all sums; a gauge or a histogram has none that could be added up. */
export function readPointRecords(body: unknown): RecordList<PointRecord> | undefined {
  return readRequest(body, ['resourceMetrics', 'scopeMetrics', 'metrics'], (metric): PointRecord[] => {
    const sum = fieldsOf(metric['sum'])
    return listOf(sum?.['dataPoints']).flatMap((entry) => {
      const point = fieldsOf(entry)
      if (point === undefined) return []
      return {
        metric: textOf(metric['name']),
        temporality: temporalityOf(sum?.['aggregationTemporality']),
        startUs: microsOf(point['startTimeUnixNano']),
        endUs: microsOf(point['timeUnixNano']),
        value: numberOf(point['asDouble']) ?? numberOf(point['asInt']),
        attributes: attributesOf(point['attributes']),
      }
    })
  })
}

interface Surrounding {
  readonly service: string | undefined
  readonly scope: string | undefined
}

/** Walks resources, scopes and records, the same in all three kinds of request. */
function readRequest<Record>(
  body: unknown,
  [resources, scopes, records]: readonly [string, string, string],
  read: (record: Fields, surrounding: Surrounding) => readonly Record[],
): RecordList<Record> | undefined {
  const outermost = fieldsOf(body)
  // An empty request is a request: protobuf leaves an empty list out, and JSON senders may too.
  if (outermost === undefined || !Array.isArray(outermost[resources] ?? [])) return undefined

  const found: Record[] = []
  let unreadable = 0
  const each = (list: unknown, use: (fields: Fields) => void) => {
    if (list !== undefined && !Array.isArray(list)) unreadable++
    for (const entry of listOf(list)) {
      const fields = fieldsOf(entry)
      if (fields === undefined) unreadable++
      else use(fields)
    }
  }
  each(outermost[resources], (resource) => {
    const service = textOf(attributesOf(fieldsOf(resource['resource'])?.['attributes']).get('service.name'))
    each(resource[scopes], (scoped) => {
      const scope = textOf(fieldsOf(scoped['scope'])?.['name'])
      each(scoped[records], (record) => {
        found.push(...read(record, { service, scope }))
      })
    })
  })
  return { records: found, unreadable }
}

function attributesOf(list: unknown): Attributes {
  const attributes = new Map<string, Scalar>()
  for (const entry of listOf(list)) {
    const fields = fieldsOf(entry)
    const value = scalarOf(fields?.['value'])
    if (typeof fields?.['key'] === 'string' && value !== undefined) attributes.set(fields['key'], value)
  }
  return attributes
}

/** The value of an `AnyValue` that is no list and no map. */
function scalarOf(value: unknown): Scalar | undefined {
  const fields = fieldsOf(value)
  if (fields === undefined) return undefined
  const scalar = fields['stringValue'] ?? fields['intValue'] ?? fields['doubleValue'] ?? fields['boolValue']
  return typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean'
    ? scalar
    : undefined
}

/** The enumeration's number, or its name, which proto3's JSON allows as well. */
function temporalityOf(value: unknown): PointRecord['temporality'] {
  if (value === 1 || value === 'AGGREGATION_TEMPORALITY_DELTA') return 'delta'
  if (value === 2 || value === 'AGGREGATION_TEMPORALITY_CUMULATIVE') return 'cumulative'
  return undefined
}

/** What 63 bits of nanoseconds reach: the year 2262. */
const MAX_NANOS = 2 ** 63

/** Nanoseconds are beyond what a double keeps exactly; microseconds come out right all the same. */
function microsOf(nanos: unknown): number | undefined {
  const number = numberOf(nanos)
  return number !== undefined && number > 0 && number <= MAX_NANOS ? Math.round(number / 1000) : undefined
}

function msOf(nanos: unknown): number | undefined {
  const micros = microsOf(nanos)
  return micros === undefined ? undefined : Math.round(micros / 1000)
}

/** A finite number, also from its text. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value))
    return undefined
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}
