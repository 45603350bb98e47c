import { gzipSync } from 'node:zlib'

const MIB = 1024 * 1024

/** What some readers forgive and JSON does not allow. */
export const NEARLY_JSON = [
  "{'events': []}",
  '{"events": [],}',
  '{"events": [1, ]}',
  '{"events": [NaN]}',
  '{"events": [Infinity]}',
  '{"events": [undefined]}',
  '{"events": [0x10]}',
  '{"events": [01]}',
  '{"events": [.5]}',
  '{"events": [1.]}',
  '{"events": [+1]}',
  '{"events": ["\\x41"]}',
  '{"events": ["\\u12"]}',
  '{"events": []} {"events": []}',
  '{"events": []}\n{"events": []}',
  '// events\n{"events": []}',
  '{events: []}',
  '{"events" []}',
  'events=%5B%5D',
  '<events/>',
  'null,',
  '\0',
  ' ',
]

/** Bytes that stand in no UTF-8 text: too long, too short, surrogates, beyond U+10FFFF. */
export const NOT_UTF8 = [
  'ff',
  'fe',
  'c080',
  'eda080',
  'edbfbf',
  '80',
  'c3',
  'f09f9a',
  'f4908080',
  'f8888080',
].map((hex) => Buffer.from(hex, 'hex'))

/** JSON that is no batch of events. */
export const WRONG_ENVELOPES = [
  'null',
  'true',
  '0',
  '-1e400',
  '"events"',
  '[]',
  '[[]]',
  '{}',
  '{"events":null}',
  '{"events":[]}',
  '{"events":{}}',
  '{"events":"[]"}',
  '{"events":1}',
  '{"events":{"length":1,"0":{}}}',
  '{"event":[{}]}',
  '{"constructor":{"events":[{}]}}',
  '{"queries":[{}]}',
]

/** JSON that is no batch of prediction queries. */
export const WRONG_QUERIES = [
  '{}',
  '{"queries":[]}',
  '{"queries":[null]}',
  '{"queries":[[]]}',
  '{"queries":[{}]}',
  '{"queries":[{"task_type":"constructor","model":"m","provider":"anthropic","complexity":"low"}]}',
  '{"queries":[{"task_type":"testing","model":"\\u0000","provider":"anthropic","complexity":"low"}]}',
  '{"queries":[{"task_type":"testing","model":"\\ud800","provider":"anthropic","complexity":"low"}]}',
  '{"queries":[{"__proto__":{"task_type":"testing","model":"m","provider":"anthropic","complexity":"low"}}]}',
]

/** Content types that are not `application/json`. */
export const WRONG_TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonp',
  'application/json5',
  'application/vnd.api+json',
  'application',
  'application/',
  '/json',
  'json',
  '*/*',
  ';',
  'text/plain, application/json',
]

/** Values of the Authorization header that open nothing. */
export const WRONG_KEYS = [
  undefined,
  'Bearer',
  'Bearer  ',
  `Bearer ${'0'.repeat(64)}`,
  `Basic ${'0'.repeat(64)}`,
  `Bearer ${'a'.repeat(5_000)}`,
  "Bearer ' OR 1=1 --",
  '__proto__',
]

/** 64 MiB of spaces or brackets in 64 KiB, and twelve members of 1 MiB each. */
export const BOMBS = [
  gzipSync(Buffer.alloc(64 * MIB, ' ')),
  gzipSync(Buffer.alloc(64 * MIB, '[')),
  Buffer.concat(Array.from({ length: 12 }, () => gzipSync(Buffer.alloc(MIB, '[')))),
]
