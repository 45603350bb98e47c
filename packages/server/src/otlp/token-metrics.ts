import type { OtlpTotalName } from '../storage/otlp-store.ts'
import { AttributeReader } from './attribute-reader.ts'
import type { Attributes, PointRecord } from './otlp-records.ts'
import { keyOf, type Reading } from './reading.ts'

/**
 * Claude Code's counters of tokens and money, kept to check the sums of requests by and for nothing else: they cannot
 * say which prompt they belong to.
 *
 * A point is a delta or the total since a start, stream by stream; a stream is its attributes and, for a total, its
 * start. A delta is told from a repetition of itself by its start and end.
 */
const TOKEN_TYPES: Readonly<Record<string, OtlpTotalName>> = {
  input: 'input',
  output: 'output',
  cacheRead: 'cache_read',
  cacheCreation: 'cache_write',
}

/** They are the same throughout a session, and nobody's business here: not even in a hash. */
const IDENTITY = /^(user|organization)\./

export function readPoint(point: PointRecord): Reading {
  const reader = new AttributeReader(point.attributes)
  const type = point.metric === 'claude_code.cost.usage' ? 'cost_usd' : TOKEN_TYPES[reader.word('type') ?? '']
  const isKept = point.metric === 'claude_code.cost.usage' || point.metric === 'claude_code.token.usage'
  if (!isKept) return { kind: 'ignored', name: 'metric' }
  const sessionId = reader.id('session.id')
  if (sessionId === undefined && reader.problem === undefined) {
    return { kind: 'ignored', name: 'metric_without_session' }
  }

  const { temporality, startUs, endUs, value } = point
  if (type === undefined || sessionId === undefined) {
    return { kind: 'malformed', problem: `${point.metric}: ${reader.problem ?? 'has an unknown type'}` }
  }
  if (temporality === undefined || endUs === undefined || value === undefined || value < 0) {
    return { kind: 'malformed', problem: `${point.metric}: needs a temporality, a time and a value` }
  }
  return {
    kind: 'point',
    point: {
      sessionId,
      type,
      streamKey: streamKeyOf(point.attributes),
      startUs: startUs ?? 0,
      endUs: temporality === 'delta' ? endUs : 0,
      value,
    },
  }
}

function streamKeyOf(attributes: Attributes): string {
  const parts = [...attributes]
    .filter(([name]) => !IDENTITY.test(name))
    .map(([name, value]) => JSON.stringify([name, value]))
  return keyOf(parts.sort())
}
