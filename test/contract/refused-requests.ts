import { gzipSync } from 'node:zlib'

import type { ErrorCode } from '@mosaicstack/telemetry-client/protocol'

import type { WireRequest } from './contract-server.ts'
import {
  BOMBS,
  NEARLY_JSON,
  NOT_UTF8,
  WRONG_ENVELOPES,
  WRONG_KEYS,
  WRONG_QUERIES,
  WRONG_TYPES,
} from './hostile-bodies.ts'
import { goodBatch, goodEvent, type HostileKind } from './hostile-request.ts'
import type { SeededRandom } from './seeded-random.ts'

const MIB = 1024 * 1024

/** Requests of which nothing is taken. */
export const refusedRequests: readonly HostileKind[] = [
  refused('JSON that ends too early', ['bad_json'], (random) => {
    const text = goodBatch(random)
    return { body: text.slice(0, 1 + random.below(text.length - 1)) }
  }),
  refused('random bytes', ['bad_json', 'invalid_request'], (random) => ({
    body: random.bytes(1 + random.below(2_000)),
  })),
  refused('text that is nearly JSON', ['bad_json'], (random) => ({ body: random.pick(NEARLY_JSON) })),
  refused('bytes that are not UTF-8 in a good event', ['bad_json'], (random) => {
    const [before = '', after = ''] = goodBatch(random).split('claude-')
    return { body: Buffer.concat([Buffer.from(before), random.pick(NOT_UTF8), Buffer.from(after)]) }
  }),
  refused('a good batch behind a byte-order mark or in UTF-16', ['bad_json'], (random) => ({
    body: Buffer.from(`\ufeff${goodBatch(random)}`, random.pick(['utf8', 'utf16le'] as const)),
  })),
  refused('a raw control character in a text', ['bad_json'], (random) => ({
    body: goodBatch(random).replace('claude-', random.pick(['\0', '\n', '\u0001', '\u001f'])),
  })),
  refused('a wrong envelope', ['invalid_request'], (random) => ({ body: random.pick(WRONG_ENVELOPES) })),
  refused('a wrong envelope around a good event', ['invalid_request'], (random) => {
    const event = goodEvent(random)
    const bodies = [`[${event}]`, `{"Events":[${event}]}`, `{"events":${event}}`, `{"events":{"0":${event}}}`]
    const tricks = [`{"__proto__":{"events":[${event}]}}`, `{"events":[${event}],"events":null}`]
    return { body: random.pick([...bodies, ...tricks]) }
  }),
  refused('a hundred and one events', ['invalid_request'], (random) => ({
    body: `{"events":[${Array.from({ length: 101 }, () => goodEvent(random)).join(',')}]}`,
  })),
  refused('what is no object, sent as one event', ['invalid_request'], (random) => ({
    path: '/v1/events',
    body: random.pick(['null', '[]', '5', '"event"', 'true', '[{}]']),
  })),
  refused('a wrong prediction query', ['invalid_request'], (random) => ({
    path: '/v1/predictions/batch',
    body: random.pick(WRONG_QUERIES),
  })),
  refused('deep nesting', ['bad_json', 'invalid_request'], (random) => {
    const [open, close] = random.pick([
      ['[', ']'],
      ['{"events":', '}'],
      ['{"__proto__":', '}'],
    ] as const)
    const deepest = Math.floor((MIB - 1) / (open.length + 1))
    const depth = random.pick([10, 100, 1_000, 10_000, 50_000, deepest])
    const isClosed = random.below(2) === 0
    return { body: `${open.repeat(depth)}1${isClosed ? close.repeat(depth) : ''}` }
  }),
  refused('bytes that are called gzip', ['bad_json'], (random) => ({
    headers: { 'content-encoding': 'gzip' },
    body: random.pick([
      random.bytes(200),
      Buffer.from(goodBatch(random)),
      gzipSync(goodBatch(random)).subarray(0, 50 + random.below(50)),
      Buffer.alloc(0),
    ]),
  })),
  refused('gzip whose checksum is wrong', ['bad_json'], (random) => {
    const body = gzipSync(goodBatch(random))
    body.writeUInt8(body.readUInt8(body.length - 6) ^ 0xff, body.length - 6)
    return { headers: { 'content-encoding': 'gzip' }, body }
  }),
  refused('gzip of what is no JSON', ['bad_json'], (random) => ({
    headers: { 'content-encoding': 'gzip' },
    body: gzipSync(random.pick(NEARLY_JSON)),
  })),
  refused('a gzip bomb', ['body_too_large'], (random) => ({
    headers: { 'content-encoding': 'gzip' },
    body: random.pick(BOMBS),
  })),
  refused('an unknown content-encoding', ['unsupported_media_type'], (random) => ({
    headers: {
      'content-encoding': random.pick(['br', 'deflate', 'zstd', 'gzip, gzip', 'gzip;q=1', 'x', ' ']),
    },
    body: goodBatch(random),
  })),
  refused('an unknown content-type', ['unsupported_media_type'], (random) => ({
    headers: { 'content-type': random.pick(WRONG_TYPES) },
    body: goodBatch(random),
  })),
  refused('no content-type', ['unsupported_media_type'], (random) => ({
    headers: { 'content-type': undefined },
    body: goodBatch(random),
  })),
  refused('an empty body', ['bad_json', 'invalid_request'], (random) => ({
    headers: { 'content-type': random.pick(['application/json', undefined]) },
    body: '',
  })),
  refused('a body over 1 MiB', ['body_too_large'], (random) => ({ body: overLong(random) })),
  refused('a body over 1 MiB in chunks', ['body_too_large'], (random) => ({
    body: overLong(random),
    chunkBytes: 65_536,
  })),
  refused('a key that is none', ['unauthenticated'], (random) => ({
    headers: { authorization: random.pick(WRONG_KEYS) },
    body: random.pick([goodBatch(random), '{']),
  })),
  refused('an event of another instance', ['instance_mismatch'], (random) => ({
    body: `{"events":[${goodEvent(random)},${goodEvent(random, { instance_id: random.uuid() })}]}`,
  })),
  refused('a path that does not exist', ['not_found', 'bad_request'], (random) => ({
    path: random.pick([
      '/v1/event',
      '/v2/events',
      '/v1/events/batch/x',
      '/%zz',
      '/%00',
      `/${'a'.repeat(4_000)}`,
    ]),
    body: goodBatch(random),
  })),
  refused('another method', ['not_found'], (random) => ({
    method: random.pick(['PUT', 'PATCH', 'DELETE']),
    body: goodBatch(random),
  })),
]

function refused(
  name: string,
  codes: readonly ErrorCode[],
  makeRequest: (random: SeededRandom) => Partial<WireRequest>,
): HostileKind {
  return { name, make: (random) => ({ request: makeRequest(random), expected: { kind: 'refused', codes } }) }
}

/** Good but for its length: the filling is white space. */
function overLong(random: SeededRandom): string {
  return goodBatch(random).padEnd(MIB + 1 + random.below(MIB), ' ')
}
