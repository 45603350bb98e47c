import { PbfWriter } from 'pbf'

/**
 * Encodes OTLP bodies from their JSON form as an exporter would. Field numbers stand here a second time on purpose: a
 * wrong one in the server's table must not be wrong here as well. What the server skips (severity, flags, scopes'
 * versions, units) is written too, so that skipping is put to the test.
 */
type Json = Readonly<Record<string, unknown>>
type Write = (value: Json, writer: PbfWriter) => void

export function encodeLogs(body: Json): Buffer {
  return encode(body, 'resourceLogs', 'scopeLogs', 'logRecords', writeLogRecord)
}

export function encodeMetrics(body: Json): Buffer {
  return encode(body, 'resourceMetrics', 'scopeMetrics', 'metrics', writeMetric)
}

export function encodeTraces(body: Json): Buffer {
  return encode(body, 'resourceSpans', 'scopeSpans', 'spans', writeSpan)
}

function encode(body: Json, resources: string, scopes: string, records: string, write: Write): Buffer {
  const writer = new PbfWriter()
  each(body, resources, writer, 1, (resource, outer) => {
    nested(resource, 'resource', outer, 1, (fields, inner) =>
      each(fields, 'attributes', inner, 1, writeKeyValue),
    )
    each(resource, scopes, outer, 2, (scoped, inner) => {
      nested(scoped, 'scope', inner, 1, (scope, innermost) => {
        text(scope, 'name', innermost, 1)
        text(scope, 'version', innermost, 2)
      })
      each(scoped, records, inner, 2, write)
      inner.writeStringField(3, 'https://opentelemetry.io/schemas/1.30.0')
    })
  })
  return Buffer.from(writer.finish())
}

const writeLogRecord: Write = (log, writer) => {
  nanos(log, 'timeUnixNano', writer, 1)
  writer.writeVarintField(2, 9)
  writer.writeStringField(3, 'INFO')
  nested(log, 'body', writer, 5, writeAnyValue)
  each(log, 'attributes', writer, 6, writeKeyValue)
  writer.writeFixed32Field(8, 1)
  nanos(log, 'observedTimeUnixNano', writer, 11)
}

const writeSpan: Write = (span, writer) => {
  writer.writeBytesField(1, Buffer.from(String(span['traceId']), 'hex'))
  writer.writeBytesField(2, Buffer.from(String(span['spanId']), 'hex'))
  text(span, 'name', writer, 5)
  writer.writeVarintField(6, 3)
  nanos(span, 'startTimeUnixNano', writer, 7)
  nanos(span, 'endTimeUnixNano', writer, 8)
  each(span, 'attributes', writer, 9, writeKeyValue)
  writer.writeMessage(15, (_: undefined, status) => status.writeVarintField(3, 1), undefined)
}

const writeMetric: Write = (metric, writer) => {
  text(metric, 'name', writer, 1)
  text(metric, 'description', writer, 2)
  text(metric, 'unit', writer, 3)
  nested(metric, 'sum', writer, 7, (sum, inner) => {
    each(sum, 'dataPoints', inner, 1, writePoint)
    inner.writeVarintField(2, Number(sum['aggregationTemporality']))
    inner.writeBooleanField(3, sum['isMonotonic'] === true)
  })
}

const writePoint: Write = (point, writer) => {
  nanos(point, 'startTimeUnixNano', writer, 2)
  nanos(point, 'timeUnixNano', writer, 3)
  if (point['asDouble'] !== undefined) writer.writeDoubleField(4, Number(point['asDouble']))
  if (point['asInt'] !== undefined) writer.writeSFixed64Field(6, Number(point['asInt']))
  each(point, 'attributes', writer, 7, writeKeyValue)
}

const writeKeyValue: Write = (attribute, writer) => {
  text(attribute, 'key', writer, 1)
  nested(attribute, 'value', writer, 2, writeAnyValue)
}

const writeAnyValue: Write = (value, writer) => {
  text(value, 'stringValue', writer, 1)
  if (value['boolValue'] !== undefined) writer.writeBooleanField(2, value['boolValue'] === true)
  if (value['intValue'] !== undefined) writer.writeVarintField(3, Number(value['intValue']))
  if (value['doubleValue'] !== undefined) writer.writeDoubleField(4, Number(value['doubleValue']))
}

function each(from: Json, name: string, writer: PbfWriter, field: number, write: Write): void {
  for (const entry of (from[name] ?? []) as readonly Json[]) writer.writeMessage(field, write, entry)
}

function nested(from: Json, name: string, writer: PbfWriter, field: number, write: Write): void {
  if (from[name] !== undefined) writer.writeMessage(field, write, from[name] as Json)
}

function text(from: Json, name: string, writer: PbfWriter, field: number): void {
  if (from[name] !== undefined) writer.writeStringField(field, String(from[name]))
}

/** As two halves: a double does not hold all digits of nanoseconds, and an exporter sends all of them. */
function nanos(from: Json, name: string, writer: PbfWriter, field: number): void {
  if (from[name] === undefined) return
  const value = BigInt(from[name] as string)
  writer.writeTag(field, 1)
  writer.writeFixed32(Number(value & 0xffff_ffffn))
  writer.writeFixed32(Number(value >> 32n))
}
