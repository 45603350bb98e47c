import type { FastifySchema } from 'fastify'

import { describeRoute } from '../openapi.ts'

/** Describes a route of the agent-run API for the OpenAPI document. */
export function describeRunRoute(
  summary: string,
  answers: Readonly<Record<number, string>>,
  errors: readonly number[] = [],
): FastifySchema {
  return describeRoute({ summary, tag: 'runs', auth: 'runs', answers, errors: [401, ...errors, 429] })
}
