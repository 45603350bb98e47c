import type { FastifyInstance, FastifyRequest } from 'fastify'

import { decodeProtobuf } from '../../otlp/decode-protobuf.ts'
import {
  logsRequest,
  metricsRequest,
  type ProtobufMessage,
  tracesRequest,
} from '../../otlp/protobuf-messages.ts'
import type { Signal } from '../../otlp/read-batch.ts'
import { parseJson, unpack } from '../body-parser.ts'
import { HttpError } from '../error-answer.ts'

export const PROTOBUF = 'application/x-protobuf'

const MESSAGES: Readonly<Record<Signal, ProtobufMessage>> = {
  logs: logsRequest,
  traces: tracesRequest,
  metrics: metricsRequest,
}

/** Takes OTLP bodies in both encodings, gzipped or not, within the limits of all bodies. */
export function acceptOtlpBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    settle(done, () => parseJson(unpack(body as Buffer, request.headers['content-encoding'])))
  })
  app.addContentTypeParser(PROTOBUF, { parseAs: 'buffer' }, (request, body, done) => {
    settle(done, () => {
      const bytes = unpack(body as Buffer, request.headers['content-encoding'])
      const decoded = decodeProtobuf(bytes, MESSAGES[signalOf(request)])
      if (decoded === undefined) {
        throw new HttpError({ code: 'bad_json', message: 'the body is not a protobuf message of this kind' })
      }
      return decoded
    })
  })
}

/** Which encoding an answer takes: that of the request. */
export function isProtobuf(request: FastifyRequest): boolean {
  return request.headers['content-type']?.toLowerCase().startsWith(PROTOBUF) === true
}

export function signalOf(request: FastifyRequest): Signal {
  return (request.routeOptions.url?.split('/').at(-1) ?? 'logs') as Signal
}

function settle(done: (error: Error | null, body?: unknown) => void, work: () => unknown): void {
  try {
    done(null, work())
  } catch (error) {
    done(error as Error)
  }
}
