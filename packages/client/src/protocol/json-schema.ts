import { eventFields, type FieldRule } from './event-fields.ts'
import { SCHEMA_VERSION } from './limits.ts'

/** A JSON Schema document, as plain data. */
export type JsonSchema = { readonly [key: string]: unknown }

/** The JSON Schema (draft 2020-12) of one task-completion event, made from the same table that validates it. */
export function eventJsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://mosaicstack.dev/schema/task-completion-event-1.0.json',
    title: 'Task-completion event',
    description: `One finished coding-agent task, schema ${SCHEMA_VERSION}. Fields that are not listed are ignored and never stored.`,
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(eventFields).map(([name, rule]) => [name, fieldSchema(rule)]),
    ),
    required: Object.entries(eventFields)
      .filter(([, rule]) => rule.required)
      .map(([name]) => name),
  }
}

/** The JSON Schema of one field; an optional field also takes null. */
export function fieldSchema(rule: FieldRule): JsonSchema {
  const schema = presentSchema(rule)
  if (rule.required) return schema
  return 'enum' in schema
    ? { ...schema, type: ['string', 'null'], enum: [...(schema['enum'] as readonly string[]), null] }
    : { ...schema, type: [schema['type'], 'null'] }
}

// A validator need not look at `format`, and those that do take more than we do: `urn:uuid:`, a space for the T,
// `+0000`, nanoseconds. The patterns stay within what every engine of regular expressions knows.
const UUID_PATTERN = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'
const DATE_TIME_PATTERN =
  '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})$'

function presentSchema(rule: FieldRule): JsonSchema {
  switch (rule.kind) {
    case 'uuid':
      return { type: 'string', format: 'uuid', pattern: UUID_PATTERN }
    case 'schema_version':
      return { type: 'string', pattern: '^1[.][0-9]{1,9}$', default: SCHEMA_VERSION }
    case 'timestamp':
      return { type: 'string', format: 'date-time', pattern: DATE_TIME_PATTERN }
    case 'integer':
    case 'number':
      return { type: rule.kind, minimum: rule.min, maximum: rule.max }
    case 'boolean':
      return { type: 'boolean' }
    case 'string':
      return { type: 'string', minLength: rule.minLength, maxLength: rule.maxLength, pattern: '^[^\\x00]*$' }
    case 'enum':
      return { type: 'string', enum: rule.values }
    case 'enum_set':
      return { type: 'array', items: { type: 'string', enum: rule.values }, default: [] }
  }
}
