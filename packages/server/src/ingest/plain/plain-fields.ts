import { eventFields } from '@mosaicstack/telemetry-client/protocol'

import {
  complexityCodes,
  type EnumCodec,
  harnessCodes,
  outcomeCodes,
  providerCodes,
  qualityGateCodes,
  repoSizeCodes,
  taskTypeCodes,
} from '../../storage/enum-codes.ts'
import { columnIndex } from '../../storage/event-columns.ts'
import { ByteToken } from './byte-token.ts'

/** How the bytes of a value are read. A number, so that choosing costs one jump. */
export const PlainKind = {
  INSTANCE: 0,
  EVENT_ID: 1,
  SCHEMA_VERSION: 2,
  TIMESTAMP: 3,
  INTEGER: 4,
  NUMBER: 5,
  FLAG: 6,
  TEXT: 7,
  MEMBER: 8,
  GATES: 9,
} as const
type PlainKind = (typeof PlainKind)[keyof typeof PlainKind]

/** A field of an event as the fast path sees it. All have the same shape, which keeps reading them fast. */
export interface PlainField {
  /** Its place in `plainFields`. */
  readonly number: number
  /** Its bit in a set of fields. */
  readonly bit: number
  /** The name, quoted, and the colon. */
  readonly key: ByteToken
  readonly kind: PlainKind
  /** Where its value goes in a row; -1 where it is no column. */
  readonly column: number
  /** Of numbers their value, of texts their length. */
  readonly min: number
  readonly max: number
  /** Enumerations: each member, quoted, by its code. */
  readonly members: readonly ByteToken[]
  readonly isRequired: boolean
  /** What a column holds when the event says nothing; the timestamp's is the arrival. */
  readonly absent: number
}

const CODECS: Readonly<Record<string, EnumCodec>> = {
  task_type: taskTypeCodes,
  complexity: complexityCodes,
  harness: harnessCodes,
  provider: providerCodes,
  quality_gates_run: qualityGateCodes,
  quality_gates_failed: qualityGateCodes,
  outcome: outcomeCodes,
  repo_size_category: repoSizeCodes,
}

/** In the order in which our clients write them. */
export const plainFields: readonly PlainField[] = Object.entries(eventFields).map(plainField)

/** No plain event is shorter: its names, quotes, colons and commas alone. */
export const MIN_PLAIN_EVENT_BYTES = plainFields
  .filter(({ isRequired }) => isRequired)
  .reduce((bytes, { key }) => bytes + key.length + 2, 0)

type Rule = (typeof eventFields)[keyof typeof eventFields]

function plainField([name, rule]: [string, Rule], number: number): PlainField {
  const kind = kindOf(name, rule)
  return {
    number,
    bit: 1 << number,
    key: new ByteToken(`"${name}":`),
    kind,
    column: columnOf(name),
    min: 'min' in rule ? rule.min : 'minLength' in rule ? rule.minLength : 0,
    max: 'max' in rule ? rule.max : 'maxLength' in rule ? rule.maxLength : 0,
    members: CODECS[name]?.values.map((member) => new ByteToken(`"${member}"`)) ?? [],
    // An event without an id gets one, which is not for the fast path to make.
    isRequired: rule.required || kind === PlainKind.EVENT_ID,
    absent: kind === PlainKind.GATES ? 0 : Number.NaN,
  }
}

function kindOf(name: string, rule: Rule): PlainKind {
  switch (rule.kind) {
    case 'uuid':
      return name === 'instance_id' ? PlainKind.INSTANCE : PlainKind.EVENT_ID
    case 'schema_version':
      return PlainKind.SCHEMA_VERSION
    case 'timestamp':
      return PlainKind.TIMESTAMP
    case 'integer':
      return PlainKind.INTEGER
    case 'number':
      return PlainKind.NUMBER
    case 'boolean':
      return PlainKind.FLAG
    case 'string':
      return PlainKind.TEXT
    case 'enum':
      return PlainKind.MEMBER
    case 'enum_set':
      return PlainKind.GATES
  }
}

function columnOf(name: string): number {
  const column = name === 'timestamp' ? 'timestamp_us' : name
  return (columnIndex as Readonly<Record<string, number>>)[column] ?? -1
}
