type Json = { readonly [key: string]: unknown }

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'])
const OPERATION_FIELDS = new Set([
  'tags',
  'summary',
  'description',
  'externalDocs',
  'operationId',
  'parameters',
  'requestBody',
  'responses',
  'callbacks',
  'deprecated',
  'security',
  'servers',
])
const TYPES = new Set(['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'])

/** What the rules of OpenAPI 3.1 forbid in a document; empty where it is valid in all that our documents use. */
export function openApiProblems(document: Json): string[] {
  const problems: string[] = []
  const expect = (isRight: boolean, problem: string) => void (isRight || problems.push(problem))

  expect(/^3\.1\.\d+$/.test(String(document['openapi'])), 'openapi: no version 3.1')
  const info = object(document['info'])
  expect(typeof info['title'] === 'string' && typeof info['version'] === 'string', 'info: incomplete')
  const schemes = object(object(document['components'])['securitySchemes'])
  for (const [name, scheme] of Object.entries(schemes)) {
    expect(object(scheme)['type'] === 'http' && object(scheme)['scheme'] === 'bearer', `scheme ${name}`)
  }

  for (const [path, methods] of Object.entries(object(document['paths']))) {
    expect(path.startsWith('/'), `${path}: does not begin with a slash`)
    for (const [method, operation] of Object.entries(object(methods))) {
      expect(METHODS.has(method), `${path}: ${method} is no method`)
      problems.push(...operationProblems(`${method} ${path}`, path, object(operation), schemes))
    }
  }
  return [...problems, ...schemaProblems('', document, document)]
}

function operationProblems(at: string, path: string, operation: Json, schemes: Json): string[] {
  const problems: string[] = []
  const expect = (isRight: boolean, problem: string) => void (isRight || problems.push(`${at}: ${problem}`))

  for (const field of Object.keys(operation)) expect(OPERATION_FIELDS.has(field), `unknown field ${field}`)
  for (const requirement of list(operation['security'])) {
    for (const name of Object.keys(object(requirement))) expect(name in schemes, `no scheme ${name}`)
  }

  const parameters = list(operation['parameters']).map(object)
  for (const { name, in: place, required, schema } of parameters) {
    expect(['query', 'path', 'header', 'cookie'].includes(String(place)), `${String(name)}: stands nowhere`)
    expect(place !== 'path' || required === true, `${String(name)}: optional in a path`)
    expect(typeof schema === 'object', `${String(name)}: without a schema`)
  }
  const declared = parameters.filter((each) => each['in'] === 'path').map((each) => String(each['name']))
  const named = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => String(match[1]))
  expect(String(declared.sort()) === String(named.sort()), `path parameters ${declared} declared`)

  const responses = Object.entries(object(operation['responses']))
  expect(responses.length > 0, 'no responses')
  for (const [status, response] of responses) {
    expect(/^([1-5]\d\d|[1-5]XX|default)$/.test(status), `${status} is no status`)
    expect(typeof object(response)['description'] === 'string', `${status}: not described`)
  }
  const contents = [operation['requestBody'], ...responses.map(([, response]) => response)]
  for (const content of contents.flatMap((each) => Object.entries(object(object(each)['content'])))) {
    expect(/^[\w.+-]+\/[\w.+-]+$/.test(content[0]), `${content[0]} is no media type`)
  }
  return problems
}

/** What is no JSON Schema 2020-12 wherever a schema stands, and references that lead nowhere. */
function schemaProblems(path: string, value: unknown, document: Json): string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => schemaProblems(`${path}/${index}`, item, document))
  if (typeof value !== 'object' || value === null) return []

  const problems: string[] = []
  const expect = (isRight: boolean, problem: string) => void (isRight || problems.push(`${path}: ${problem}`))
  const schema = value as Json
  if (/\/(schema|items|properties\/[^/]+)$/.test(path)) {
    for (const type of list(schema['type'])) expect(TYPES.has(String(type)), `no type ${String(type)}`)
    expect(!('nullable' in schema), 'nullable is of OpenAPI 3.0')
    expect(typeof (schema['required'] ?? []) === 'object', 'required is no list')
    expect(Array.isArray(schema['enum'] ?? []), 'enum is no list')
    for (const bound of ['minimum', 'maximum', 'exclusiveMinimum', 'minLength', 'maxLength', 'maxItems']) {
      expect(typeof (schema[bound] ?? 0) === 'number', `${bound} is no number`)
    }
  }
  if ('$ref' in schema)
    expect(pointsInto(document, String(schema['$ref'])), `${String(schema['$ref'])} is not there`)
  for (const [key, child] of Object.entries(schema))
    problems.push(...schemaProblems(`${path}/${key}`, child, document))
  return problems
}

function pointsInto(document: Json, reference: string): boolean {
  const [root, ...keys] = reference.split('/')
  return root === '#' && keys.reduce<unknown>((at, key) => object(at)[key], document) !== undefined
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

/** A list as it is, one value as a list of one, nothing as an empty one. */
function list(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}
