/**
 * The messages of OTLP that are read, by field number, and nothing of them that is not used: what stands in no table is
 * skipped. Decoded, they have the shape and the names of their JSON form, so that one reader serves both encodings.
 *
 * Arrays and maps as attribute values are left out on purpose: no number of ours is in them, and without them a message
 * has a fixed depth, whatever a sender writes.
 */
export type ProtobufType = 'string' | 'hex' | 'bool' | 'int64' | 'sfixed64' | 'fixed64' | 'double'

export interface ProtobufField {
  readonly name: string
  readonly type: ProtobufType | ProtobufMessage
  /** Whether the field may stand there many times; it becomes an array. */
  readonly isRepeated?: true
}

export type ProtobufMessage = { readonly [fieldNumber: number]: ProtobufField }

const anyValue: ProtobufMessage = {
  1: { name: 'stringValue', type: 'string' },
  2: { name: 'boolValue', type: 'bool' },
  3: { name: 'intValue', type: 'int64' },
  4: { name: 'doubleValue', type: 'double' },
}

const keyValue: ProtobufMessage = {
  1: { name: 'key', type: 'string' },
  2: { name: 'value', type: anyValue },
}

const resource: ProtobufMessage = { 1: { name: 'attributes', type: keyValue, isRepeated: true } }

const scope: ProtobufMessage = { 1: { name: 'name', type: 'string' } }

const logRecord: ProtobufMessage = {
  1: { name: 'timeUnixNano', type: 'fixed64' },
  5: { name: 'body', type: anyValue },
  6: { name: 'attributes', type: keyValue, isRepeated: true },
  11: { name: 'observedTimeUnixNano', type: 'fixed64' },
  12: { name: 'eventName', type: 'string' },
}

const span: ProtobufMessage = {
  1: { name: 'traceId', type: 'hex' },
  2: { name: 'spanId', type: 'hex' },
  5: { name: 'name', type: 'string' },
  7: { name: 'startTimeUnixNano', type: 'fixed64' },
  8: { name: 'endTimeUnixNano', type: 'fixed64' },
  9: { name: 'attributes', type: keyValue, isRepeated: true },
}

const dataPoint: ProtobufMessage = {
  2: { name: 'startTimeUnixNano', type: 'fixed64' },
  3: { name: 'timeUnixNano', type: 'fixed64' },
  4: { name: 'asDouble', type: 'double' },
  6: { name: 'asInt', type: 'sfixed64' },
  7: { name: 'attributes', type: keyValue, isRepeated: true },
}

const sum: ProtobufMessage = {
  1: { name: 'dataPoints', type: dataPoint, isRepeated: true },
  2: { name: 'aggregationTemporality', type: 'int64' },
}

const metric: ProtobufMessage = { 1: { name: 'name', type: 'string' }, 7: { name: 'sum', type: sum } }

export const logsRequest = request('resourceLogs', 'scopeLogs', { name: 'logRecords', type: logRecord })
export const tracesRequest = request('resourceSpans', 'scopeSpans', { name: 'spans', type: span })
export const metricsRequest = request('resourceMetrics', 'scopeMetrics', { name: 'metrics', type: metric })

/** The three requests are built alike: resources, scopes within them, records within those. */
function request(resources: string, scopes: string, records: Omit<ProtobufField, 'isRepeated'>) {
  const ofScope = { 1: { name: 'scope', type: scope }, 2: { ...records, isRepeated: true } } as const
  const ofResource = {
    1: { name: 'resource', type: resource },
    2: { name: scopes, type: ofScope, isRepeated: true },
  } as const
  return { 1: { name: resources, type: ofResource, isRepeated: true } } as const satisfies ProtobufMessage
}
